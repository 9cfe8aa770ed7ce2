"""System calls of processes and of what they start, counted by perf."""
import os
import shutil
import subprocess
import tempfile


class Count:
    """with Count(pids) as count: ...; then count.calls."""

    def __init__(self, pids):
        self.pids, self.calls = pids, 0

    def __enter__(self):
        self.result = tempfile.NamedTemporaryFile("r", encoding="ascii")
        # It counts while its command runs: that says when it begins, and ends when its input does.
        self.perf = subprocess.Popen(["perf", "stat", "-x,", "-e", "raw_syscalls:sys_enter", "-o", self.result.name,
                                      "-p", ",".join(map(str, self.pids)), "--", "sh", "-c", "echo; read x"],
                                     stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.perf.stdout.readline()
        return self

    def __exit__(self, *_):
        self.perf.communicate()
        with self.result as f:
            counts = [line.split(",")[0] for line in f if "sys_enter" in line]
        self.calls = sum(int(c) for c in counts if c.isdigit())


def available():
    if not shutil.which("perf"):
        return False
    with Count([os.getpid()]) as count:
        os.getppid()
    return count.calls > 0

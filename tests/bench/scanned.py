#!/usr/bin/env python3
"""tests/bench/scanned.py SHARED - what judging costs, beside Rspamd, in one run.

Messages of SHARED/corpora go to `poterne scan --jobs 1` and, a sample of them, to Rspamd's
/checkv2, one after the other on a kept connection. Neither reaches a network: every DNS name is
answered NXDOMAIN at once, Rspamd's fuzzy check is off, and neither has an antivirus. CPU is user and
system time of all processes of each; that of starting is taken off ours by a run over one message.
Rspamd's CPU is counted while it answers. Prints CPU seconds per 1000 messages, p50 and p99 of one
message, and the memory of the worker that judged.
"""
import http.client
import json
import os
import re
import resource
import subprocess
import sys
import tarfile
import tempfile
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
import relays  # noqa: E402
import usage  # noqa: E402

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.environ.get("POTERNE_BUILD", os.path.join(TOP, "build", "release"))
SETS = {
    # name: (archive, share of its messages that is taken)
    "spamassassin-public": [("spamassassin-public", 1)],
    "mix": [("foff-2025", 3), ("phishing-pot", 3), ("glitchyzorua-spam", 2), ("mime-fixtures", 2)],
}
SAMPLE = 400  # of each set for Rspamd, so that the run stays short
OFF = ["fuzzy_check"]


class OfflineRspamd(relays.Rspamd):
    def configure(self, root, local):
        etc = super().configure(root, local)
        with open(f"{etc}/rspamd.conf", encoding="utf-8") as f:
            self.normal = int(re.search(r'worker "normal" \{[^}]*?bind_socket = "127.0.0.1:(\d+)"', f.read()).group(1))
        return etc

    def helpers(self, stack):
        pids, local = super().helpers(stack)
        local.update({f"{module}.conf": "enabled = false;\n" for module in OFF})
        local["worker-normal.inc"] = "task_timeout = 1s;\n"  # some wait for what nobody answers
        return pids, local


def unpack(shared, folder):
    sets = {}
    for name, sources in SETS.items():
        os.makedirs(os.path.join(folder, name))
        paths = []
        for archive, every in sources:
            with tarfile.open(os.path.join(shared, "corpora", f"{archive}.tar.xz")) as tar:
                files = [m for m in tar if m.isfile() and not m.name.endswith((".md", ".json", ".txt", ".html"))]
                for i, member in enumerate(files[::every]):
                    data = re.sub(rb"\r?\n", b"\r\n", tar.extractfile(member).read())
                    path = os.path.join(folder, name, f"{archive}-{i:05}.eml")
                    with open(path, "wb") as f:
                        f.write(data)
                    paths.append(path)
        sets[name] = paths
    return sets


def children_cpu():
    r = resource.getrusage(resource.RUSAGE_CHILDREN)
    return r.ru_utime + r.ru_stime


def watch_memory(pid, peak):
    """Peak RSS of the worker processes below pid, in bytes."""
    while peak["on"]:
        for child in usage.tree([pid]):
            if usage.name(child).startswith("poterne-inspec"):
                try:
                    with open(f"/proc/{child}/status", encoding="ascii", errors="replace") as f:
                        m = re.search(r"VmHWM:\s+(\d+)", f.read())
                except OSError:
                    continue
                peak["bytes"] = max(peak["bytes"], int(m.group(1)) * 1024 if m else 0)
        time.sleep(0.05)


def poterne(paths):
    before, peak = children_cpu(), {"on": True, "bytes": 0}
    p = subprocess.Popen(
        [f"{BUILD}/src/poterne", "scan", "--json", "--jobs", "1", "--dns", f"{TOP}/tests/zones/sample.json",
         "--set", f"paths.rules={TOP}/rules", "--set", f"paths.lists={TOP}/lists",
         "--set", f"paths.programs={BUILD}/src", *paths], stdout=subprocess.PIPE, text=True)
    watcher = threading.Thread(target=watch_memory, args=(p.pid, peak))
    watcher.start()
    times = [json.loads(line)["time_us"]["total"] / 1000 for line in p.stdout]
    p.wait()
    peak["on"] = False
    watcher.join()
    return children_cpu() - before, times, peak["bytes"]


def rspamd(paths, server):
    connection = http.client.HTTPConnection("127.0.0.1", server.normal, timeout=60)
    times, before = [], usage.cpu_seconds([server.process.pid])
    for path in paths:
        with open(path, "rb") as f:
            data = f.read()
        start = time.monotonic()
        connection.request("POST", "/checkv2", data, {"IP": "203.0.113.66", "Helo": "mail.evil.example"})
        answer = connection.getresponse()
        answer.read()
        if answer.status != 200:
            sys.exit(f"scanned: Rspamd answers {answer.status} {answer.reason}")
        times.append((time.monotonic() - start) * 1000)
    return usage.cpu_seconds([server.process.pid]) - before, times, 0


def quantile(values, q):
    values = sorted(values)
    return values[min(len(values) - 1, int(len(values) * q))] if values else 0


def row(name, who, n, cpu, times, memory):
    print(f"{name:22} {who:10} {n:6} {cpu * 1000 / n:10.2f} {quantile(times, .5):8.2f} {quantile(times, .99):8.2f}"
          f" {memory / (1 << 20) if memory else 0:8.0f}", flush=True)


def main():
    shared = sys.argv[1] if len(sys.argv) > 1 else os.path.join(TOP, "..", "shared")
    if not os.path.isdir(os.path.join(shared, "corpora")):
        sys.exit(f"scanned: {shared} has no corpora; name the directory that has: scanned.py DIR")
    with tempfile.TemporaryDirectory() as folder:
        sets = unpack(shared, folder)
        print(f"{'messages':22} {'':10} {'n':>6} {'CPU-s/1000':>10} {'p50 ms':>8} {'p99 ms':>8} {'RSS MiB':>8}")
        with OfflineRspamd(folder) as server:
            for name, paths in sets.items():
                mean = sum(os.path.getsize(p) for p in paths) / len(paths)
                start = poterne(paths[:1])[0]
                cpu, times, memory = poterne(paths)
                row(name, "Poterne", len(paths), cpu - start, times, memory)
                sample = paths[::max(1, len(paths) // SAMPLE)]
                theirs, their_times, _ = rspamd(sample, server)
                row(name, "Rspamd", len(sample), theirs, their_times, 0)
                ratio = theirs / len(sample) / ((cpu - start) / len(paths))
                print(f"{'':22} ratio x{ratio:.1f} messages per CPU second; mean {mean / 1024:.0f} KB; "
                      f"starting {start:.2f} CPU-s", flush=True)


if __name__ == "__main__":
    main()

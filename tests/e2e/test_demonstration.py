"""make run: the table is right, and Ctrl-C leaves nothing behind."""
import os
import signal
import socket
import subprocess
import sys
import tempfile

from gateway import TOP, free_port, wait_until


def demonstration(state, *arguments):
    return [sys.executable, os.path.join(TOP, "tools", "run.py"), "--state", state, "--port", str(free_port()), *arguments]


def processes_using(state):
    r = subprocess.run(["pgrep", "-f", f"paths.state={state}"], capture_output=True, text=True)
    return r.stdout.split()


def test_the_demonstration_shows_each_sample_with_its_verdict_and_reason():
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(2):  # twice in a row, into the same state directory
            r = subprocess.run(demonstration(os.path.join(folder, "state"), "--once", "--lang", "fr"),
                               capture_output=True, text=True, timeout=120, cwd="/")
            assert r.returncode == 0, r.stdout + r.stderr
            for word in ("clean-french", "eicar", "quarantine", "Maildir", "swaks", "photos.scr", "pièce jointe", "stopped"):
                assert word in r.stdout, (word, r.stdout)


def test_control_c_stops_every_process():
    with tempfile.TemporaryDirectory() as folder:
        state = os.path.join(folder, "state")
        p = subprocess.Popen(demonstration(state), stdout=subprocess.PIPE, text=True, start_new_session=True,
                             # Who runs the tests in the background may have it ignored.
                             preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler))
        for line in p.stdout:
            if line.startswith("stop "):
                break
        assert processes_using(state)
        os.killpg(p.pid, signal.SIGINT)  # as a terminal does: to the whole group
        assert p.wait(30) == 0
        p.stdout.close()
        wait_until(lambda: not processes_using(state), 10, "the end of every process")


def test_a_port_in_use_is_said_plainly():
    with socket.socket() as s, tempfile.TemporaryDirectory() as folder:
        s.bind(("127.0.0.1", 0))
        s.listen()
        command = demonstration(os.path.join(folder, "state"), "--once")
        command[command.index("--port") + 1] = str(s.getsockname()[1])
        r = subprocess.run(command, capture_output=True, text=True, timeout=60)
        assert r.returncode != 0 and "in use" in r.stderr, r

"""The gateway under a service manager: readiness, watchdog, sockets it opened, and checks
that hold nothing up."""
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

from gateway import BUILD, TOP, Gateway, wait_until
from peers import settle
from samples import PARTNER, text

CLEAN = text(PARTNER, "Bonjour", "Bonjour,\n\nTout va bien.\n", 1)


class Manager:
    """The service manager's end of NOTIFY_SOCKET."""

    def __init__(self, abstract=False):
        self.folder = tempfile.TemporaryDirectory()
        self.name = f"@poterne-test-{os.getpid()}" if abstract else os.path.join(self.folder.name, "notify")
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind("\0" + self.name[1:] if abstract else self.name)
        self.said = []  # (time, {name: value})

    def hear(self):
        self.socket.setblocking(False)
        try:
            while True:
                words = dict(line.split("=", 1) for line in self.socket.recv(4096).decode().split("\n"))
                self.said.append((time.monotonic(), words))
        except BlockingIOError:
            return self.said

    def times(self, name, value="1"):
        return [at for at, words in self.hear() if words.get(name) == value]

    def close(self):
        self.socket.close()
        self.folder.cleanup()


def start(g, manager=None, watchdog_ms=None):
    """Starts g as the manager would."""
    saved = dict(os.environ)
    if manager:
        os.environ["NOTIFY_SOCKET"] = manager.name
    if watchdog_ms:
        os.environ["WATCHDOG_USEC"] = str(watchdog_ms * 1000)
    try:
        return g.start()
    finally:
        os.environ.clear()
        os.environ.update(saved)


def test_the_manager_hears_of_ready_reload_and_stop():
    for abstract in (False, True):
        m, g = Manager(abstract), Gateway()
        try:
            start(g, m)
            wait_until(lambda: m.times("READY"), 10, "READY=1")
            assert "SMTP on 127.0.0.1" in m.said[-1][1]["STATUS"], m.said
            before = time.monotonic_ns() // 1000
            g.signal(signal.SIGHUP)
            wait_until(lambda: len(m.times("READY")) == 2, 10, "READY=1 again")
            reloading = [w for _, w in m.said if "RELOADING" in w]
            assert len(reloading) == 1 and int(reloading[0]["MONOTONIC_USEC"]) >= before, m.said
            g.stop()
            assert m.times("STOPPING"), m.said
        finally:
            g.remove()
            m.close()


def test_the_watchdog_is_fed_only_while_every_process_serves_that_mail_needs():
    m, g = Manager(), Gateway(feeds__sources="phish openphish https://feed.example/a key=/nonexistent/key")
    programs = tempfile.TemporaryDirectory()
    os.chmod(programs.name, 0o755)
    for name in os.listdir(g.bin):
        if name.startswith("poterne") and os.access(os.path.join(g.bin, name), os.X_OK):
            os.symlink(os.path.join(g.bin, name), os.path.join(programs.name, name))
    g.sets["paths.programs"] = programs.name
    try:
        start(g, m, watchdog_ms=400)
        wait_until(lambda: len(m.times("WATCHDOG")) >= 4, 10, "four signs of life")
        at = m.times("WATCHDOG")
        assert all(b - a < 0.4 for a, b in zip(at, at[1:])), at
        assert "fetch" in [e["which"] for e in g.events("process.died")], "it served without its key"
        os.unlink(os.path.join(programs.name, "poterne-memory"))
        os.kill(g.pids()["memory"][0], signal.SIGKILL)
        g.wait_event("process.start_failed", which="memory")
        fed = len(m.times("WATCHDOG"))
        wait_until(lambda: len(m.times("WATCHDOG")) >= fed + 4, 10, "signs of life without what nobody needs")
        assert g.send(CLEAN)[0] == 250
        os.unlink(os.path.join(programs.name, "poterne-dns"))
        os.kill(g.pids()["dns"][0], signal.SIGKILL)
        g.wait_event("process.start_failed", which="dns")
        settle(0.5)
        silent = len(m.times("WATCHDOG"))
        settle(1.5)
        assert len(m.times("WATCHDOG")) == silent, "all is well, it said, without a resolver"
        os.symlink(os.path.join(g.bin, "poterne-dns"), os.path.join(programs.name, "poterne-dns"))
        wait_until(lambda: len(m.times("WATCHDOG")) > silent, 30, "signs of life again")
        g.stop()
    finally:
        g.remove()
        m.close()
        programs.cleanup()


def test_messages_that_kill_workers_do_not_silence_the_watchdog():
    m, g = Manager(), Gateway()
    try:
        start(g, m, watchdog_ms=400)
        wait_until(lambda: m.times("WATCHDOG"), 10, "a sign of life")
        began = time.monotonic()
        while time.monotonic() - began < 5:
            for pid in g.pids().get("inspect", []):
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    pass
            m.hear()
            settle(0.05)
        at = [t for t in m.times("WATCHDOG") if t > began]
        gaps = [b - a for a, b in zip([began] + at, at + [time.monotonic()])]
        assert max(gaps) < 1.5, gaps
        g.stop()
    finally:
        g.remove()
        m.close()


def started_with_socket(g, listener):
    """By exec of a shell, so that LISTEN_PID is the pid of poterned."""
    command = " ".join(f"'{x}'" for x in [os.path.join(g.bin, "poterned"), *g.arguments()])
    g.from_byte = 0
    with open(g.log_path, "ab") as log:
        g.process = subprocess.Popen(["bash", "-c", f"exec 3<&{listener.fileno()}; export LISTEN_FDS=1 LISTEN_PID=$$; "
                                      f"exec {command}"], stderr=log, start_new_session=True,
                                     pass_fds=[listener.fileno()])
    g.wait_event("gateway.ready")
    return g


def test_a_socket_of_the_manager_is_listened_to_and_survives_the_gateway():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(100)
        g = Gateway(port=listener.getsockname()[1])
        try:
            started_with_socket(g, listener)
            assert g.send(CLEAN)[0] == 250
            assert not g.events("gateway.warning") or "LISTEN_FDS" not in str(g.events("gateway.warning"))
            g.stop()
            waiting = socket.create_connection(("127.0.0.1", g.port), 10)  # nobody serves, nobody is refused
            started_with_socket(g, listener)
            waiting.settimeout(20)
            assert waiting.recv(100).startswith(b"220 ")
            waiting.close()
            g.stop()
        finally:
            g.remove()


def test_a_socket_of_another_address_is_named_and_not_used():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(100)
        g = Gateway()
        try:
            started_with_socket(g, listener)
            assert [e for e in g.events("gateway.warning") if "LISTEN_FDS" in e["what"]]
            assert g.send(CLEAN)[0] == 250
            g.stop()
        finally:
            g.remove()


def test_a_check_that_hangs_keeps_no_process_down():
    programs = tempfile.TemporaryDirectory()
    os.chmod(programs.name, 0o755)
    g = Gateway()
    for name in os.listdir(g.bin):
        if name.startswith("poterne-") and os.access(os.path.join(g.bin, name), os.X_OK):
            os.symlink(os.path.join(g.bin, name), os.path.join(programs.name, name))
    tool = os.path.join(programs.name, "poterne")
    os.symlink(os.path.join(g.bin, "poterne"), tool)
    g.sets["paths.programs"] = programs.name
    try:
        g.start()
        os.unlink(tool)
        with open(tool, "w", encoding="ascii") as f:
            f.write("#!/bin/sh\nexec sleep 300\n")
        os.chmod(tool, 0o755)
        session = g.smtp()
        session.ehlo()
        g.signal(signal.SIGHUP)
        wait_until(lambda: g.pids().get("sleep"), 10, "the check")
        old = g.pids()["scan"][0]
        os.kill(old, signal.SIGKILL)
        wait_until(lambda: g.pids().get("scan", [old]) != [old], 5, "a new scan")
        assert wait_until(lambda: g.send(CLEAN)[0] == 250, 20, "acceptance")
        assert session.noop()[0] == 250
        check = g.pids()["sleep"][0]
        g.stop()  # and the check with it
        assert not os.path.exists(f"/proc/{check}") or open(f"/proc/{check}/stat").read().split()[2] == "Z"
    finally:
        g.remove()
        programs.cleanup()


def test_a_session_outlives_reload_and_a_worker_and_ends_well():
    with Gateway() as g:
        s = g.smtp()
        s.ehlo()
        assert s.mail("claire.martin@partner.example")[0] == 250
        g.signal(signal.SIGHUP)
        g.wait_event("reload.done")
        assert s.rcpt("accueil@hopital.example")[0] == 250
        for pid in g.pids()["inspect"]:
            os.kill(pid, signal.SIGKILL)
        wait_until(lambda: len(g.events("process.died")) >= 2, 10, "their ends")
        assert s.data(CLEAN)[0] == 250
        os.kill(g.pids()["dns"][0], signal.SIGKILL)
        assert wait_until(lambda: g.pids().get("dns"), 10, "a new resolver")
        assert s.mail("claire.martin@partner.example")[0] == 250
        assert s.rcpt("accueil@hopital.example")[0] == 250
        assert s.data(CLEAN)[0] == 250
        assert s.quit()[0] == 221
        assert wait_until(lambda: len(g.maildir()) == 2, 15, "both messages")


def test_a_stop_takes_no_longer_than_it_says():
    g = Gateway().start()
    s = g.smtp()
    s.ehlo()
    for name in ("scan", "store"):
        g.freeze(name)  # will not hear of it
    began = time.monotonic()
    g.stop(seconds=13)
    assert time.monotonic() - began < 12
    g.remove()


def confined(g, unit):
    """Started with what the unit leaves it."""
    launcher = os.path.join(TOP, "tests", "lib", "confined.py")
    g.from_byte = 0
    with open(g.log_path, "ab") as log:
        g.process = subprocess.Popen([sys.executable, launcher, unit, g.state, os.path.join(g.bin, "poterned"),
                                      *g.arguments()], stderr=log, start_new_session=True)
    return g


def test_the_unit_is_sound_and_leaves_what_the_gateway_needs():
    unit = os.path.join(TOP, BUILD, "poterned.service")
    with tempfile.TemporaryDirectory() as folder:
        # It is not installed here: the check of the unit wants a program that exists.
        with open(unit, encoding="utf-8") as f, open(os.path.join(folder, "poterned.service"), "w", encoding="utf-8") as to:
            to.write(re.sub("^ExecStart=\\S+", "ExecStart=/bin/true", f.read(), flags=re.M))
        shutil.copy(os.path.join(TOP, "dist", "poterned.socket"), folder)
        out = subprocess.run(["systemd-analyze", "verify", "--man=no", *(os.path.join(folder, "poterned." + x) for x in
                              ("service", "socket"))], capture_output=True, text=True)
        assert out.returncode == 0 and "poterned" not in out.stdout + out.stderr, out.stdout + out.stderr
    g = Gateway(paths__compiled="")
    try:
        confined(g, unit).wait_event("gateway.ready")
        assert g.send(CLEAN)[0] == 250
        g.signal(signal.SIGHUP)
        g.wait_event("reload.done")
        assert g.send(CLEAN)[0] == 250
        assert not g.events("process.died"), g.raw_log()
        # It is as apart as without the unit: each process under an account of its own.
        assert len({os.stat(f"/proc/{pids[0]}").st_uid for pids in g.pids().values()}) > 8, g.pids()
        g.stop()
    finally:
        g.remove()

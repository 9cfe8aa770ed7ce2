"""The supervisor: what its processes begin with, how often it starts them again, what a
reload does to each of them, and how all of it ends."""
import os
import shutil
import signal
import subprocess
import tempfile

from gateway import Gateway, wait_until
from peers import settle
from samples import PARTNER, text

CLEAN = text(PARTNER, "Bonjour", "Bonjour,\n\nTout va bien.\n", 1)


def children(g):
    return [(name, pid) for name, pids in g.pids().items() for pid in pids]


def test_processes_begin_with_nothing_of_the_environment_nor_foreign_descriptors():
    os.environ["SECRET_OF_ANOTHER_PROGRAM"] = "hunter2"
    reading, writing = os.pipe()
    os.set_inheritable(writing, True)
    g = Gateway()
    real_popen = subprocess.Popen
    try:
        subprocess.Popen = lambda *a, **k: real_popen(*a, **dict(k, pass_fds=[writing]))
        g.start()
    finally:
        subprocess.Popen = real_popen
        del os.environ["SECRET_OF_ANOTHER_PROGRAM"]
    with open(f"/proc/{g.process.pid}/environ", "rb") as f:
        assert b"hunter2" in f.read(), "the test itself is wrong"
    foreign = os.readlink(f"/proc/{g.process.pid}/fd/{writing}")
    for name, pid in children(g):
        with open(f"/proc/{pid}/environ", "rb") as f:
            assert b"hunter2" not in f.read(), name
        links = [os.readlink(f"/proc/{pid}/fd/{n}") for n in os.listdir(f"/proc/{pid}/fd")]
        assert foreign not in links, (name, links)
        assert os.readlink(f"/proc/{pid}/fd/0") == "/dev/null", name
        assert os.getsid(pid) == pid, f"{name} could type into the administrator's terminal"
    g.stop()
    g.remove()
    os.close(reading)
    os.close(writing)


def test_no_process_dies_at_the_start():
    with Gateway() as g:
        assert not g.events("process.died"), g.events("process.died")


def test_with_closed_standard_descriptors_the_log_goes_into_no_other_file():
    g = Gateway()
    command = " ".join(f"'{x}'" for x in [os.path.join(g.bin, "poterned"), *g.arguments()])
    g.process = subprocess.Popen(["sh", "-c", f"exec {command} <&- >&- 2>&-"], start_new_session=True)
    try:
        wait_until(lambda: len(children(g)) >= 7, 30, "all processes")
        wait_until(lambda: g.send(CLEAN)[0] == 250 if _answers(g) else False, 30, "acceptance")
        for name, pid in children(g) + [("poterned", g.process.pid)]:
            assert os.readlink(f"/proc/{pid}/fd/2") == "/dev/null", name
        g.stop()
    finally:
        g.remove()


def _answers(g):
    try:
        g.smtp().close()
        return True
    except OSError:
        return False


def test_a_program_that_is_missing_is_tried_again_without_haste():
    programs = tempfile.mkdtemp(prefix="poterne-programs-")
    os.chmod(programs, 0o755)
    g = Gateway()
    for name in os.listdir(g.bin):
        path = os.path.join(g.bin, name)
        if name.startswith("poterne") and os.path.isfile(path) and os.access(path, os.X_OK):
            os.symlink(path, os.path.join(programs, name))
    g.sets["paths.programs"] = programs
    try:
        g.start()
        os.unlink(os.path.join(programs, "poterne-dns"))
        os.kill(g.pids()["dns"][0], signal.SIGKILL)
        settle(3)
        failed = len(g.events("process.start_failed"))
        assert 1 <= failed <= 12, failed
        os.symlink(os.path.join(g.bin, "poterne-dns"), os.path.join(programs, "poterne-dns"))
        wait_until(lambda: g.pids().get("dns"), 20, "the resolver again")
        wait_until(lambda: g.send(CLEAN)[0] == 250, 20, "acceptance")
        g.stop()
    finally:
        g.remove()
        shutil.rmtree(programs)


def test_a_reload_reaches_the_workers():
    deep = CLEAN
    for i in range(6):
        deep = (b"From: Claire Martin <claire.martin@partner.example>\r\nTo: accueil@hopital.example\r\n"
                b"Subject: Bonjour\r\nMessage-ID: <%d@partner.example>\r\nDate: Sat, 21 Nov 2026 10:00:00 +0100\r\n"
                b"MIME-Version: 1.0\r\nContent-Type: message/rfc822\r\n\r\n" % i) + deep
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "poterne.yaml")
        with open(path, "w", encoding="utf-8") as f:
            f.write("domains: [hopital.example]\n")
        with Gateway(config=path) as g:
            g.send(deep)
            first = wait_until(lambda: g.events("message.done"), 10)[-1]
            with open(path, "w", encoding="utf-8") as f:
                f.write("domains: [hopital.example]\ninspect:\n  max_depth: 2\n")
            g.signal(signal.SIGHUP)
            g.wait_event("reload.done")
            settle()
            g.send(deep)
            second = wait_until(lambda: len(g.events("message.done")) > 1 and g.events("message.done"), 10)[-1]
            assert first["symbols"] != second["symbols"], (first, second)
            assert not g.events("process.died"), g.events("process.died")


def test_scan_and_its_busy_workers_start_anew_together():
    with Gateway() as g:
        old = g.pids()
        g.freeze("inspect")  # as busy as can be
        os.kill(old["scan"][0], signal.SIGKILL)
        wait_until(lambda: g.pids().get("scan", old["scan"]) != old["scan"], 20, "a new scan")
        assert g.send(CLEAN)[0] in (250, 451)
        wait_until(lambda: not set(old["inspect"]) & set(g.pids().get("inspect", old["inspect"])), 20, "new workers")
        done = wait_until(lambda: g.events("message.done"), 20)
        assert all(e["action"] != "quarantine" for e in done), done


def test_a_killed_supervisor_takes_its_processes_along_and_can_start_again_at_once():
    g = Gateway().start()
    pids = [pid for _, pid in children(g)]
    assert len(pids) >= 7
    g.kill()
    wait_until(lambda: not [p for p in pids if os.path.exists(f"/proc/{p}/exe") and _alive(p)], 5, "their end")
    g.start()
    assert g.send(CLEAN)[0] == 250
    g.stop()
    g.remove()


def _alive(pid):
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii") as f:
            return f.read().rsplit(")", 1)[1].split()[0] not in "ZX"
    except OSError:
        return False


def test_lives_that_have_ended_leave_no_descriptors_anywhere():
    with Gateway() as g:
        def descriptors():
            return {name: len(os.listdir(f"/proc/{pid}/fd"))
                    for name, pid in [("poterned", g.process.pid), ("edge", g.pids()["edge"][0]),
                                      ("store", g.pids()["store"][0]), ("dns", g.pids()["dns"][0])]}

        def accepted():
            return g.send(CLEAN)[0] == 250

        wait_until(accepted, 20, "acceptance")
        before = descriptors()
        for _ in range(4):
            os.kill(g.pids()["scan"][0], signal.SIGKILL)
            wait_until(accepted, 30, "acceptance again")
        wait_until(lambda: all(n <= before[name] + 8 for name, n in descriptors().items()), 10, f"no more than {before}")


def test_a_configuration_too_long_for_a_process_is_refused_in_words():
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "poterne.yaml")
        with open(path, "w", encoding="utf-8") as f:
            f.write("domains: [" + ", ".join(f"number-{i}.of-many.hopital.example" for i in range(2500)) + "]\n")
        g = Gateway(config=path)
        r = subprocess.run([os.path.join(g.bin, "poterned"), *g.arguments()], capture_output=True, text=True, timeout=20)
        g.remove()
        assert r.returncode == 1 and "too long for poterne-edge" in r.stderr, (r.returncode, r.stderr)

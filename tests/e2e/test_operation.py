"""What an administrator does: reload, quarantine, explain, check, scan; and the gateway
under an ordinary user."""
import json
import os
import shutil
import signal
import ssl
import stat
import subprocess
import tempfile

from gateway import TOP, ZONES, Gateway, wait_until
from peers import settle
from samples import PARTNER, samples, text

CLEAN = text(PARTNER, "Bonjour", "Bonjour,\n\nTout va bien.\n", 1)
SAMPLE = {s.name: s for s in samples()}


def state_of(g):
    return ["--set", f"paths.state={g.state}"]


def config_file(folder, content):
    path = os.path.join(folder, "poterne.yaml")
    with open(path, "w", encoding="utf-8") as f:
        f.write(content)
    return path


def test_a_bad_configuration_file_changes_nothing_on_reload():
    with tempfile.TemporaryDirectory() as folder:
        path = config_file(folder, "domains: [hopital.example]\n")
        with Gateway(config=path) as g:
            config_file(folder, "domains: [hopital.example]\nsmtp:\n  max_mesage_bytes: 5\n")
            g.signal(signal.SIGHUP)
            g.wait_event("reload.refused")
            assert "poterne.yaml:3:3" in g.raw_log() and "max_message_bytes" in g.raw_log()
            assert g.send(CLEAN)[0] == 250


def test_a_good_configuration_file_is_taken_on_reload():
    with tempfile.TemporaryDirectory() as folder:
        path = config_file(folder, "domains: [hopital.example]\n")
        with Gateway(config=path) as g:
            assert g.send(CLEAN, recipient="a@clinique.example")[0] == 550
            config_file(folder, "domains: [hopital.example, clinique.example]\n")
            g.signal(signal.SIGHUP)
            g.wait_event("reload.done")
            wait_until(lambda: g.send(CLEAN, recipient="a@clinique.example")[0] == 250, 10, "the new domain")


def certificate(folder, name, g):
    """A certificate for name in folder, as --set arguments' values."""
    out = os.path.join(folder, name)
    os.makedirs(out)
    g.cli("certificate", "--hostname", name, "--out", out, check=0)
    return os.path.join(out, "self-signed.pem"), os.path.join(out, "self-signed.key")


def served_certificate(g):
    s = g.smtp()
    s.ehlo()
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    s.starttls(context=context)
    der = s.sock.getpeercert(binary_form=True)
    s.close()
    return der


def test_a_renewed_certificate_is_served_after_reload():
    with tempfile.TemporaryDirectory() as folder:
        path = config_file(folder, "lang: fr\n")
        with Gateway(config=path) as g:
            pem, key = certificate(folder, "renewed.hopital.example", g)
            before = served_certificate(g)
            config_file(folder, f"tls:\n  certificate: {pem}\n  key: {key}\n")
            g.signal(signal.SIGHUP)
            g.wait_event("reload.done")
            after = wait_until(lambda: (c := served_certificate(g)) != before and c, 10, "the new certificate")
            assert b"renewed.hopital.example" in after


def test_a_quarantined_message_can_be_listed_shown_released_and_is_then_delivered():
    with Gateway() as g:
        s = SAMPLE["broken-mime"]
        assert g.send(s.data, s.sender)[0] == 250
        rows = [json.loads(x) for x in g.cli("quarantine", "list", "--json", *state_of(g), check=0).stdout.splitlines()]
        assert len(rows) == 1, rows
        ident = rows[0]["id"]
        assert "Structure" in g.cli("quarantine", "show", *state_of(g), ident, check=0).stdout
        settle()
        assert not g.maildir()
        g.cli("quarantine", "release", *state_of(g), ident, check=0)
        message = wait_until(g.maildir, 15, "the released message")[0]
        assert message.endswith(s.data)


def test_a_dropped_message_is_gone():
    with Gateway() as g:
        s = SAMPLE["broken-mime"]
        g.send(s.data, s.sender)
        rows = [json.loads(x) for x in g.cli("quarantine", "list", "--json", *state_of(g), check=0).stdout.splitlines()]
        g.cli("quarantine", "drop", *state_of(g), rows[0]["id"], check=0)
        assert g.cli("quarantine", "release", *state_of(g), rows[0]["id"]).returncode != 0


def test_a_quarantine_survives_a_restart():
    with Gateway() as g:
        s = SAMPLE["broken-mime"]
        g.send(s.data, s.sender)
        g.stop()
        g.start()
        assert len(g.cli("quarantine", "list", "--json", *state_of(g), check=0).stdout.splitlines()) == 1


def test_explain_says_why_in_both_languages():
    with Gateway() as g:
        s = SAMPLE["forbidden-attachment"]
        g.send(s.data, s.sender)
        mid = wait_until(lambda: g.events("message.done"), 10)[-1]["mid"]
        english = wait_until(lambda: (r := g.cli("explain", "--lang", "en", *state_of(g), mid)).returncode == 0 and r.stdout,
                             10, "the record")
        french = g.cli("explain", "--lang", "fr", *state_of(g), mid, check=0).stdout
        assert "photos.scr" in g.events("message.done")[-1]["reasons"]
        assert "photos.scr" in english and "photos.scr" in french and english != french


def test_check_config_names_file_line_column_and_the_nearest_key():
    with Gateway() as g, tempfile.TemporaryDirectory() as folder:
        path = config_file(folder, "hostname: mx.hopital.example\nlisten:\n  smpt: [127.0.0.1:25]\n")
        r = g.cli("check-config", *[a for a in g.arguments()], path)
        assert r.returncode == 1, r
        assert f"{path}:3:3" in r.stderr + r.stdout and "listen.smtp" in r.stderr + r.stdout, r
        g.cli("check-config", *g.arguments(), check=0)


def test_scan_judges_files_as_the_gateway_does():
    with Gateway() as g, tempfile.TemporaryDirectory() as folder:
        for i, s in enumerate(samples()):
            with open(os.path.join(folder, f"{i:02d}-{s.name}.eml"), "wb") as f:
                f.write(s.data)
        for s, name in zip(samples(), sorted(os.listdir(folder))):
            r = g.cli("scan", "--json", *g.arguments(), "--dns", ZONES, "--ip", "127.0.0.1", "--from", s.sender,
                      "--helo", "mail.partner.example", os.path.join(folder, name))
            verdict = json.loads(r.stdout)
            assert verdict["action"] == s.expected, (s.name, verdict)
            assert r.returncode == (0 if s.expected in ("accept", "tag") else 1)
            total = sum(round(x["score"] * 100) for x in verdict["symbols"])
            assert total == round(verdict["score"] * 100), verdict
        r = g.cli("scan", "--json", *g.arguments(), "--dns", ZONES, folder)
        names = [json.loads(line)["file"] for line in r.stdout.splitlines()]
        assert names == [os.path.join(folder, n) for n in sorted(os.listdir(folder))]


def test_observe_mode_says_what_it_would_do_and_delivers():
    with Gateway(mode="observe") as g:
        s = SAMPLE["gtube"]
        assert g.send(s.data, s.sender)[0] == 250
        event = g.events("message.done")[-1]
        assert event["action"] == "accept" and event["intended"] == "reject", event
        wait_until(g.maildir, 15, "delivery")


def test_two_gateways_do_not_share_a_state_directory():
    with Gateway() as g:
        second = Gateway(state=g.state)
        r = subprocess.run([os.path.join(second.bin, "poterned"), *second.arguments()], capture_output=True, text=True)
        assert r.returncode == 3 and "another poterned" in r.stderr, r


def test_processes_run_under_users_of_their_own_when_started_as_root():
    if os.geteuid() != 0:
        return  # the next test is about that
    with Gateway() as g:
        uids = {}
        for name, pids in g.pids().items():
            for pid in pids:
                uids[name] = os.stat(f"/proc/{pid}").st_uid
                with open(f"/proc/{pid}/status", encoding="utf-8") as f:
                    status = dict(line.rstrip("\n").split(":\t", 1) for line in f if ":\t" in line)
                assert status["Seccomp"] == "2" and status["NoNewPrivs"] == "1", (name, status)
                assert int(status["CapEff"], 16) == 0 and int(status["CapPrm"], 16) == 0, (name, status["CapEff"])
        assert 0 not in uids.values() and len(set(uids.values())) == len(uids), uids


def test_an_ordinary_user_gets_a_working_gateway_and_a_warning():
    if os.geteuid() != 0:
        return  # every other test is this one then
    user = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
    state = tempfile.mkdtemp(prefix="poterne-user-")
    os.chown(state, 65534, 65534)
    g = Gateway(state=state)
    log = os.path.join(state, "poterne.log")
    try:
        with open(log, "ab") as f:
            g.from_byte = 0
            g.process = subprocess.Popen([*user, os.path.join(g.bin, "poterned"), *g.arguments()], stderr=f,
                                         start_new_session=True)
        g.wait_event("gateway.ready")
        assert [e for e in g.events("gateway.warning") if "not started as root" in e["what"]]
        assert g.send(CLEAN)[0] == 250
        wait_until(g.maildir, 15, "delivery")
        g.stop()
    finally:
        g.kill()
        shutil.rmtree(state, ignore_errors=True)


def test_the_state_directory_keeps_mail_from_other_users():
    with Gateway() as g:
        g.send(CLEAN)
        for name in ("store", "maildir", "tls"):
            mode = os.stat(os.path.join(g.state, name)).st_mode
            assert stat.S_IMODE(mode) == 0o700, (name, oct(mode))


def test_install_puts_a_gateway_that_runs_into_a_prefix():
    with tempfile.TemporaryDirectory() as root:
        subprocess.run(["meson", "install", "-C", os.path.join(TOP, "build/release"), "--no-rebuild", "--quiet"],
                       env=dict(os.environ, DESTDIR=root), check=True)
        prefix = os.path.join(root, "usr/local")
        for path in ("bin/poterne", "sbin/poterned", "libexec/poterne/poterne-edge", "libexec/poterne/poterne",
                     "share/poterne/rules/00-thresholds.yaml", "share/man/man8/poterned.8", "share/man/man1/poterne.1",
                     "share/man/man5/poterne.yaml.5", "lib/systemd/system/poterned.service",
                     "lib/systemd/system/poterned.socket"):
            assert os.path.exists(os.path.join(prefix, path)), path

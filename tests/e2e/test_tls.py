"""TLS of reception: certificates by name, renewal under open sessions, tickets that every
edge opens, and what a scanner finds."""
import json
import os
import re
import signal
import ssl
import subprocess
import sys
import tempfile

from gateway import BUILD, TOP, Gateway, free_port, wait_until
from peers import program
from samples import PARTNER, text

sys.path.append(os.path.join(TOP, "tests", "bench"))
from usage import pss_bytes  # noqa: E402

CLEAN = text(PARTNER, "Bonjour", "Bonjour,\n\nTout va bien.\n", 1)
SENDER, RECIPIENT = "claire.martin@partner.example", "accueil@hopital.example"


def make_certificate(folder, name, days=90, key=("ec", "-pkeyopt", "ec_paramgen_curve:P-256"), files=None):
    """(certificate, key) paths of a self-signed certificate for name."""
    pem, secret = files or (os.path.join(folder, f"{name}-{key[0]}.pem"), os.path.join(folder, f"{name}-{key[0]}.key"))
    subprocess.run(["openssl", "req", "-x509", "-newkey", *key, "-nodes", "-days", str(days), "-subj", f"/CN={name}",
                    "-addext", f"subjectAltName=DNS:{name}", "-out", pem + ".new", "-keyout", secret + ".new"],
                   check=True, capture_output=True)
    os.rename(secret + ".new", secret)
    os.rename(pem + ".new", pem)
    return pem, secret


def context(**options):
    c = ssl.create_default_context()
    c.check_hostname = False
    c.verify_mode = ssl.CERT_NONE
    for name, value in options.items():
        setattr(c, name, value)
    return c


class Client:
    """One STARTTLS session that chooses its server name and session."""

    def __init__(self, g, name="mx.hopital.example", ctx=None, session=None):
        self.smtp = g.smtp()
        self.smtp.ehlo()
        code, _ = self.smtp.docmd("STARTTLS")
        assert code == 220, code
        self.smtp.sock = (ctx or context()).wrap_socket(self.smtp.sock, server_hostname=name, session=session)
        self.smtp.file = None
        self.smtp.ehlo()

    @property
    def sock(self):
        return self.smtp.sock

    def certificate(self):
        return self.sock.getpeercert(binary_form=True)

    def send(self):
        assert self.smtp.mail(SENDER)[0] == 250 and self.smtp.rcpt(RECIPIENT)[0] == 250
        return self.smtp.data(CLEAN)[0]

    def close(self):
        """With close_notify: without it the client's library throws the session away."""
        session = self.sock.session
        try:
            self.smtp.docmd("QUIT")
            self.sock.unwrap()
        except (OSError, ValueError):
            pass
        self.smtp.close()
        return session


def served(g, name):
    c = Client(g, name)
    found = c.certificate()
    c.close()
    return found


def test_the_server_name_chooses_among_the_certificates():
    with tempfile.TemporaryDirectory() as folder:
        first, clinic = make_certificate(folder, "mx.hopital.example"), make_certificate(folder, "mx.clinique.example")
        both = f"{first[0]} {first[1]}, {clinic[0]} {clinic[1]}"
        with Gateway(tls__certificates=both) as g:
            assert b"mx.clinique.example" in served(g, "mx.clinique.example")
            assert b"mx.hopital.example" in served(g, "mx.hopital.example")
            assert b"mx.hopital.example" in served(g, "unknown.example")


def test_a_listener_asks_for_a_certificate_and_records_what_it_sees():
    with tempfile.TemporaryDirectory() as folder:
        known, unknown = make_certificate(folder, "srv.ville.example"), make_certificate(folder, "who.example")
        port = free_port()
        with Gateway(port=port, tls__client_ca=known[0], listen__smtp=f"127.0.0.1:{port} client_cert") as g:
            for pair in (known, unknown, None):
                c = context()
                if pair:
                    c.load_cert_chain(*pair)
                client = Client(g, ctx=c)
                assert client.send() == 250
                client.close()
            wait_until(lambda: len(g.events("smtp.disconnect")) == 3, 10, "three ends")
            seen = [e["client_cert"] for e in g.events("smtp.disconnect")]
            assert sorted(s.split(" ")[0] for s in seen) == ["", "unverified", "verified"], seen
            assert any(s.startswith("verified sha256:") and "srv.ville.example" in s for s in seen), seen


def test_changed_files_are_served_without_a_signal_and_open_sessions_go_on():
    with tempfile.TemporaryDirectory() as folder:
        pem, key = make_certificate(folder, "mx.hopital.example")
        with Gateway(tls__certificate=pem, tls__key=key) as g:
            before = Client(g)
            assert before.send() == 250
            plain = g.smtp()
            plain.ehlo()
            make_certificate(folder, "mx.hopital.example", files=(pem, key))
            g.wait_event("reload.certificates")
            wait_until(lambda: served(g, "mx.hopital.example") != before.certificate(), 10, "the new certificate")
            assert before.send() == 250
            assert plain.mail(SENDER)[0] == 250 and plain.rcpt(RECIPIENT)[0] == 250 and plain.data(CLEAN)[0] == 250
            before.close()
            plain.quit()


def test_a_bad_certificate_is_refused_with_its_file_and_the_old_one_stays():
    with tempfile.TemporaryDirectory() as folder:
        pem, key = make_certificate(folder, "mx.hopital.example")
        other = make_certificate(folder, "mx.other.example")
        with Gateway(tls__certificate=pem, tls__key=key) as g:
            before = served(g, "mx.hopital.example")
            with open(other[0], "rb") as f, open(pem, "wb") as out:
                out.write(f.read())
            g.signal(signal.SIGHUP)
            g.wait_event("reload.refused")
            assert f"{pem}: private key does not belong" in g.raw_log(), g.raw_log()
            assert served(g, "mx.hopital.example") == before
            os.kill(g.pids()["edge"][0], signal.SIGKILL)
            wait_until(lambda: g.pids().get("edge"), 20, "the edge again")
            assert wait_until(lambda: _served_or_none(g), 20, "service") == before


def _served_or_none(g):
    try:
        return served(g, "mx.hopital.example")
    except OSError:
        return None


def test_a_bad_certificate_at_the_start_is_said_at_once():
    with tempfile.TemporaryDirectory() as folder:
        pem, _ = make_certificate(folder, "mx.hopital.example")
        _, key = make_certificate(folder, "mx.other.example")
        g = Gateway(tls__certificate=pem, tls__key=key)
        r = g.cli("check-config", *g.arguments(), check=1)
        assert f"{pem}: private key does not belong" in r.stderr, r
        r = subprocess.run([os.path.join(g.bin, "poterned"), *g.arguments()], capture_output=True, text=True, timeout=20)
        g.remove()
        assert r.returncode == 3 and f"{pem}: private key does not belong" in r.stderr, (r.returncode, r.stderr)


def test_what_ends_soon_or_has_another_name_is_in_the_log():
    with tempfile.TemporaryDirectory() as folder:
        pem, key = make_certificate(folder, "mx.elsewhere.example", days=10)
        with Gateway(tls__certificate=pem, tls__key=key) as g:
            ends = g.events("certificate.ends")
            assert len(ends) == 1 and ends[0]["file"] == pem and ends[0]["within"] == 15, ends
            assert ends[0]["days_left"] in (9, 10) and ends[0]["subject"] == "CN=mx.elsewhere.example", ends
            assert g.events("certificate.name")[0]["hostname"] == "mx.hopital.example"


def test_a_session_is_resumed_by_another_edge_and_after_a_reload():
    with Gateway(edge__processes=2) as g:
        for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
            ctx = context(maximum_version=version)
            session = Client(g, ctx=ctx).close()
            giver = wait_until(lambda: g.events("smtp.disconnect"), 10)[-1]["pid"]
            os.kill(giver, signal.SIGKILL)  # so another one answers, which was not told of the session
            wait_until(lambda: giver not in g.pids().get("edge", [giver]), 20, "its end")
            resumed = wait_until(lambda: _resume_or_none(g, ctx, session), 20, "service")
            assert resumed == [True], (version, resumed)
            reloads = len(g.events("reload.done"))
            g.signal(signal.SIGHUP)
            wait_until(lambda: len(g.events("reload.done")) > reloads, 20, "the reload")
            assert _resume_or_none(g, ctx, session) == [True], version
            ended = wait_until(lambda: (e := [x for x in g.events("smtp.disconnect") if x["tls_resumed"]])[-2:], 10)
            assert giver not in {e["pid"] for e in ended}, ended


def _resume_or_none(g, ctx, session):
    """[whether it was resumed]; None while nobody answers."""
    try:
        c = Client(g, ctx=ctx, session=session)
    except OSError:
        return None
    found = [c.sock.session_reused]
    c.close()
    return found


def test_a_parked_session_takes_little_memory():
    if "asan" in BUILD or "tsan" in BUILD:
        return  # a sanitizer's own memory would be measured
    few, many = 50, 450
    with Gateway(smtp__max_connections_per_client=1000) as g:
        edge, ctx = g.pids()["edge"][0], context()
        waiting = [Client(g, ctx=ctx) for _ in range(few)]
        before = pss_bytes(edge)
        waiting += [Client(g, ctx=ctx) for _ in range(many)]
        each = (pss_bytes(edge) - before) / many
        assert each < 20 * 1024, each
        assert waiting[0].smtp.noop()[0] == 250 and waiting[-1].smtp.noop()[0] == 250
        for c in waiting:
            c.smtp.sock.close()


def scan(g, *options):
    return subprocess.run([program("sslscan"), "--starttls-smtp", "--no-colour", *options, f"127.0.0.1:{g.port}"],
                          capture_output=True, text=True, timeout=100).stdout


WEAK = re.compile(r"^(Accepted|Preferred).*(RC4|3DES|NULL|EXP|anon|ADH|AECDH|MD5|SEED|IDEA|CAMELLIA|-SHA\s)", re.M)


def test_a_scanner_finds_only_modern_tls():
    with tempfile.TemporaryDirectory() as folder:
        ec = make_certificate(folder, "mx.hopital.example")
        rsa = make_certificate(folder, "mx.hopital.example", key=("rsa:2048",))
        with Gateway(tls__certificates=f"{ec[0]} {ec[1]}, {rsa[0]} {rsa[1]}",
                     smtp__max_connections_per_client=1000) as g:
            found = scan(g)
            for version in ("SSLv2", "SSLv3", "TLSv1.0", "TLSv1.1"):
                assert re.search(rf"^{version}\s+disabled", found, re.M), found
            for version in ("TLSv1.2", "TLSv1.3"):
                assert re.search(rf"^{re.escape(version)}\s+enabled", found, re.M), found
            ciphers = re.findall(r"^(?:Accepted|Preferred)\s+(TLSv1\.\d)\s+\d+ bits\s+(\S+)", found, re.M)
            assert {v for v, _ in ciphers} == {"TLSv1.2", "TLSv1.3"}, found
            assert all(c.startswith(("ECDHE-", "TLS_")) for _, c in ciphers), ciphers
            assert not WEAK.search(found), found
            assert re.search(r"^Preferred\s+TLSv1\.2.*ECDHE-ECDSA-AES\d+-GCM", found, re.M), found
            assert re.search(r"^Preferred\s+TLSv1\.\d.*Curve 25519", found, re.M), found
            assert any(c.startswith("ECDHE-RSA-") for _, c in ciphers), ciphers
            assert "Compression enabled" not in found, found
            assert not any("CCM" in c for _, c in ciphers), ciphers
            assert re.search(r"Session renegotiation not supported|Secure session renegotiation supported", found), found
            assert "Server supports TLS Fallback SCSV" in found, found
            assert "vulnerable to heartbleed" not in found.replace("not vulnerable to heartbleed", ""), found


def test_a_second_scanner_finds_nothing_either():
    with Gateway(smtp__max_connections_per_client=1000) as g, tempfile.TemporaryDirectory() as folder:
        report = os.path.join(folder, "report.json")
        subprocess.run([program("testssl"), "--starttls", "smtp", "--warnings", "off", "--color", "0", "--quiet",
                        "-p", "-f", "-R", "-C", "-Z", "--jsonfile", report, f"127.0.0.1:{g.port}"],
                       capture_output=True, timeout=150, stdin=subprocess.DEVNULL, check=False)
        with open(report, encoding="utf-8") as f:
            found = {e["id"]: e for e in json.load(f)}
        # engine_problem is about the scanner's own OpenSSL, not about us.
        bad = [e for e in found.values() if e["severity"] not in ("OK", "INFO") and e["id"] != "engine_problem"]
        assert not bad, bad
        for name in ("SSLv2", "SSLv3", "TLS1", "TLS1_1"):
            assert found[name]["finding"] == "not offered", found
        for name in ("PFS", "secure_renego", "secure_client_renego", "CRIME_TLS", "fallback_SCSV", "TLS1_3"):
            assert found[name]["severity"] == "OK", found


def test_old_tls_is_spoken_only_where_it_is_asked_for_and_said():
    with Gateway(tls__min_version="1.0", smtp__max_connections_per_client=1000) as g:
        found = scan(g)
        assert [e for e in g.events("gateway.warning") if "tls.min_version is 1.0" in e["what"]]
        for version in ("TLSv1.0", "TLSv1.1", "TLSv1.2", "TLSv1.3"):
            assert re.search(rf"^{re.escape(version)}\s+enabled", found, re.M), found
        assert "ECDHE" in re.search(r"^Preferred\s+TLSv1\.0.*", found, re.M).group(), found
        assert not re.search(r"^(Accepted|Preferred).*(RC4|3DES|NULL|anon)", found, re.M), found

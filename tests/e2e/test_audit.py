"""poterne audit --target: what it says of a gateway that is as it should be, and of one that is not."""
import json
import os
import socket
import subprocess
import tempfile
import threading

from gateway import BUILD, Gateway, TOP, free_port
from peers import DovecotImap, Postfix

POTERNE = os.path.join(TOP, BUILD, "src", "poterne")
RCPT = "alice@hopital.example"


def audit(target, *arguments, status=None):
    out = subprocess.run([POTERNE, "audit", "--target", target, "--rcpt", RCPT, "--json", "--rate", "500", *arguments],
                         capture_output=True, text=True, errors="replace", timeout=300)
    assert out.returncode in ((0, 1) if status is None else (status,)), (out.returncode, out.stderr)
    lines = [json.loads(line) for line in out.stdout.splitlines()]
    return {x["id"]: x for x in lines if "id" in x}, lines[-1] if lines else {}, out.stderr


def judged(rows, judgement):
    return sorted(i for i, x in rows.items() if x["judgement"] == judgement)


def test_our_gateway_is_audited_by_its_next_hop():
    sink, port = free_port(), free_port()
    with tempfile.TemporaryDirectory() as folder:
        zone, page = os.path.join(folder, "zone.json"), os.path.join(folder, "page.html")
        journal = os.path.join(folder, "journal")
        subprocess.run([POTERNE, "audit", "--world", folder], check=True, capture_output=True)
        with Gateway(port=port, listen__smtp=f"127.0.0.1:{port} xclient", smtp__trusted="127.0.0.1",
                     delivery__next_hop=f"smtp:127.0.0.1:{sink}", domains="hopital.example", dns__file=zone,
                     hostname="mx1.hopital.example", arc__trusted="fai.example", smtp__command_timeout="12s",
                     paths__site_lists=os.path.join(folder, "lists"),
                     paths__overlay=os.path.join(folder, "overlay")) as g:
            target = f"127.0.0.1:{g.port}"
            cases = ["T001*", "T00[2358]a*", "T070a*", "T118a*", "C-00*", "X-001a", "X-005", "X-009", "X-01[03467]*", "X-042*",
                     "X-043", "X-044"]
            rows, sums, _ = audit(target, "--sink", str(sink), "--wait", "3s", "--resume", journal, "--html", page,
                                  "--lang", "fr", "--stress", "--slow", *cases)
            wrong = {i: x for i, x in rows.items() if x["judgement"] != "ok"}
            assert not wrong, wrong
            assert sums["xclient"] and sums["starttls"] and sums["strays"] == 0, sums
            assert len(judged(rows, "ok")) == len(rows) == sums["passed"] > 30
            assert {x["fate"] for i, x in rows.items() if i.startswith("C-")} == {"delivered"}
            with open(page, encoding="utf-8") as f:
                assert "Rien n’a échoué." in f.read()
            # Whom a message claims to be from keeps it out of no log.
            assert [e for e in g.events("message.done") if e["from"] == "bounce@nospf.example" and e["code"] == 550]
            assert len([e for e in g.events("message.done") if e["from"] == "" and e["code"] == 250]) == 25
            assert "X-Poterne-Symbols: HFILTER_HELO_BADIP" in rows["X-017c"]["note"], rows["X-017c"]
            # Once more: all of it is known, so nothing is sent, to whatever the gateway is now.
            before = len(g.events("message.done"))
            again, _, _ = audit(target, "--sink", str(sink), "--wait", "1s", "--resume", journal, "--stress",
                                "--slow", *cases)
            assert {i: x["judgement"] for i, x in again.items()} == {i: x["judgement"] for i, x in rows.items()}
            assert len(g.events("message.done")) == before


def check_by_imap(postfix, folder):
    """The same mailbox by IMAP; what the first audit left there is nobody's."""
    secret = os.path.join(folder, "secret")
    with open(secret, "w", encoding="utf-8") as f:
        f.write("un secret\n")
    with DovecotImap(os.path.join(postfix.sink, "boite")) as d:
        rows, sums, _ = audit(f"127.0.0.1:{postfix.port}", "--imap", f"imap://alice@127.0.0.1:{d.port}",
                              "--imap-password", secret, "--wait", "20s", "T008a*", "C-00[12]", "X-044", status=1)
        assert judged(rows, "DANGER") == ["T008a-acss", "T008a-clean"], rows
        assert judged(rows, "ok") == ["C-001", "C-002"] and judged(rows, "FAIL") == ["X-044"], rows
        assert sums["strays"] == 0, sums
        with open(secret, "w", encoding="utf-8") as f:
            f.write("un autre\n")
        _, _, errors = audit(f"127.0.0.1:{postfix.port}", "--imap", f"imap://alice@127.0.0.1:{d.port}",
                             "--imap-password", secret, "C-001", status=3)
        assert "imap" in errors and "un autre" not in errors, errors


def test_a_gateway_without_a_filter_is_found_out():
    with Postfix("smtpd_recipient_restrictions = permit_mynetworks, reject_unauth_destination\n"
                 "smtpd_authorized_xclient_hosts = 127.0.0.1\nsmtpd_peername_lookup = no\n") as p, tempfile.TemporaryDirectory() as folder:
        page = os.path.join(folder, "page.html")
        rows, sums, _ = audit(f"127.0.0.1:{p.port}", "--maildir", os.path.join(p.sink, "boite"), "--wait", "3s",
                              "--html", page, "--stress", "T001*", "T002a*", "T008a*", "T070a*", "C-00[12]", "X-001a",
                              "X-009", "X-010*", "X-013", "X-016", status=1)
        assert sums["xclient"] and sums["strays"] == 0, sums
        assert {"T002a-clean", "T008a-clean", "T070a-clean"} <= set(judged(rows, "DANGER")), rows
        assert rows["C-001"]["judgement"] == "ok"
        # This Postfix takes LF . CRLF for an end: the second message was put into the mailbox.
        assert rows["X-001a"]["judgement"] == "DANGER" or "normalize" in subprocess.run(
            ["postconf", "-h", "smtpd_forbid_bare_newline"], capture_output=True, text=True).stdout
        assert rows["X-009"]["judgement"] == rows["X-016"]["judgement"] == "FAIL"
        assert {"X-010a", "X-010b", "X-013"} <= set(judged(rows, "ok")), rows
        assert not [i for i in judged(rows, "DANGER") if i.startswith("T001")]
        check_by_imap(p, folder)
        with open(page, encoding="utf-8") as f:
            text = f.read()
        assert "smtpd_forbid_bare_newline" in text and "<script" not in text and "http" not in text


class Scripted(threading.Thread):
    """A server that says one line to each it hears, on one connection after the other."""

    def __init__(self, greeting, answer):
        super().__init__(daemon=True)
        self.greeting, self.answer = greeting, answer
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.start()

    def run(self):
        while True:
            c, _ = self.socket.accept()
            with c, c.makefile("rwb", buffering=0) as f:
                f.write(self.greeting)
                try:
                    for line in f:
                        f.write(self.answer(line))
                except OSError:
                    pass


def answer_imap(line):
    tag, command = line.split(b" ", 1)
    if command.startswith(b"LOGIN bad") or command.startswith(b'LOGIN "bad"'):
        return tag + b" NO \x1b]0;owned\x07 \x9b31m\r\n"
    said = b""
    if command.startswith(b"EXAMINE"):
        said = b"* OK [UIDNEXT 1] x\r\n"
    elif command.startswith(b"UID SEARCH"):
        said = b"* SEARCH 1 2\r\n"
    elif command.startswith(b"UID FETCH 1 "):
        return b"* 1 FETCH (UID 1 BODY[] {99999999}\r\n"
    elif command.startswith(b"UID FETCH 2 "):
        said = b"* 2 FETCH (UID 2 BODY[] {13}\r\nSubject: a\r\n\r)\r\n"
    return said + tag + b" OK done\r\n"


def test_words_and_messages_of_strange_servers_do_no_harm():
    imap = Scripted(b"* OK\r\n", answer_imap)
    smtp = Scripted(b"220 x\r\n", lambda line: b"250 x\r\n" if line.startswith(b"EHLO") else b"550 no\r\n")
    with tempfile.NamedTemporaryFile("w") as secret:
        secret.write("x\n")
        secret.flush()
        end = ["--imap-password", secret.name, "--wait", "3s", "C-001"]
        _, _, errors = audit(f"127.0.0.1:{smtp.port}", "--imap", f"imap://bad@127.0.0.1:{imap.port}", *end, status=3)
        assert "\\x1b]0;owned\\x07" in errors and "\x1b" not in errors, errors
        # One message is too large: the audit goes on with the next.
        _, sums, _ = audit(f"127.0.0.1:{smtp.port}", "--imap", f"imap://a@127.0.0.1:{imap.port}", *end)
        assert sums["strays"] >= 1, sums


def test_an_audit_asks_before_it_shoots():
    _, _, errors = audit("192.0.2.1:25", "--from", "a@third.example", status=2)
    assert "--i-am-allowed" in errors
    _, _, errors = audit("127.0.0.1:1", status=3)
    assert "no connection" in errors

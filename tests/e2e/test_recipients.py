"""The table of recipients: who is not there, is disabled or may be reached from inside only is one and the same
to a stranger; a table is read again without a restart, and a bad one changes nothing."""
import json
import os
import signal
import statistics
import tempfile
import time

from gateway import Gateway, free_port, wait_until
from peers import RawSmtp
from test_audit import audit
from test_smtp_extensions import gateway

TABLE = """# export of the directory
accueil@hopital.example
alice@hopital.example
bloc-3@hopital.example internal
bob@hopital.example disabled
"""
REFUSAL = b"450 4.1.1 This mailbox cannot be reached\r\n"
STRANGER = b"198.51.100.7"


class Table:
    """A file of recipients in a directory of its own."""

    def __init__(self, text=TABLE):
        self.folder = tempfile.TemporaryDirectory()
        os.chmod(self.folder.name, 0o755)
        self.path = os.path.join(self.folder.name, "recipients.txt")
        self.write(text)

    def write(self, text):
        with open(self.path + ".new", "w", encoding="utf-8") as f:
            f.write(text)
        os.rename(self.path + ".new", self.path)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.folder.cleanup()


def rcpt(c, who):
    return c.ask(b"RCPT TO:<%s@hopital.example>" % who)


def begin(c, client=None):
    c.hello()
    if client:
        c.ask(b"XCLIENT ADDR=" + client)
        c.ask(b"EHLO mail.partner.example")
    assert c.ask(b"MAIL FROM:<claire.martin@partner.example>").startswith(b"250")


def test_a_stranger_cannot_tell_unknown_from_disabled_and_internal_recipients():
    took = {}
    with Table() as table, Gateway(recipients__file=table.path, recipients__slow_after=0, recipients__close_after=0,
                                   smtp__max_recipients=1000) as g, RawSmtp(g.port) as c:
        begin(c)
        for _ in range(100):
            for who in (b"zz", b"bob", b"bloc-3", b"alice"):
                began = time.monotonic()
                answer = rcpt(c, who)
                took.setdefault(who, []).append(time.monotonic() - began)
                assert answer == REFUSAL if who != b"alice" else answer.startswith(b"250"), (who, answer)
        medians = [statistics.median(v) for v in took.values()]
        assert max(medians) - min(medians) < 0.020, medians
        assert rcpt(c, b"Postmaster").startswith(b"250")
        assert c.ask(b"RCPT TO:<alice@elsewhere.example>").startswith(b"550 5.7.1")
        reasons = {e["argument"].split("<")[1].split("@")[0]: e["reason"] for e in g.events("smtp.reject")}
        assert reasons == {"zz": "unknown", "bob": "disabled", "bloc-3": "internal", "alice": ""}, reasons
        assert g.maildir() == []


def test_a_new_table_is_taken_without_a_restart_and_a_bad_one_is_not():
    with Table() as table, Gateway(recipients__file=table.path) as g:
        def answer(who):
            with RawSmtp(g.port) as c:
                begin(c)
                return rcpt(c, who)
        assert answer(b"carol") == REFUSAL
        table.write(TABLE + "carol@hopital.example\n")
        g.wait_event("reload.recipients", 45)  # nobody told the gateway
        wait_until(lambda: answer(b"carol").startswith(b"250"), 10, "the new table")
        table.write("alice@hopital.example\ncarol(at)hopital.example\n")
        g.signal(signal.SIGHUP)
        g.wait_event("reload.refused")
        assert f"{table.path}:2:1: found \"carol(at)hopital.example\", expected a mailbox" in g.raw_log()
        assert answer(b"carol").startswith(b"250") and answer(b"accueil").startswith(b"250")
        os.unlink(table.path)
        refused = len(g.events("reload.refused"))
        wait_until(lambda: len(g.events("reload.refused")) > refused, 45, "the alarm about the file that is gone")
        assert answer(b"carol").startswith(b"250") and answer(b"zz") == REFUSAL
        before = g.pids()["edge"]
        os.kill(before[0], signal.SIGKILL)  # a new edge has the table from its start
        wait_until(lambda: g.pids().get("edge", before) != before, 20, "another edge")
        assert answer(b"carol").startswith(b"250") and answer(b"zz") == REFUSAL


def test_the_gateway_does_not_start_with_a_bad_table_and_says_where():
    with Table("alice@hopital.example\nbob@hopital.example intern\n") as table:
        g = Gateway(recipients__file=table.path)
        try:
            g.start(wait=False)
            assert g.process.wait(20) == 3
            place = f"{table.path}:2:21: found \"intern\", expected internal, disabled"
            assert place in g.raw_log(), g.raw_log()
            r = g.cli("check-config", *g.arguments(), check=1)
            assert place in r.stderr, r.stderr
        finally:
            g.remove()


def test_the_command_says_what_the_answer_hides():
    with Table(TABLE + "@mairie.example\n") as table:
        g = Gateway(recipients__file=table.path, domains="hopital.example,mairie.example,ecole.example",
                    recipients__delimiter="+")
        try:
            r = g.cli("recipients", *g.arguments(), "check", "Alice+news@Hopital.example", "bob@hopital.example",
                      "bloc-3@hopital.example", "zz@hopital.example", "zz@mairie.example", "alice@elsewhere.example", check=1)
            assert [line.split()[1] for line in r.stdout.splitlines()] == ["known", "disabled", "internal", "unknown", "known",
                                                                           "unknown"], r.stdout
            r = g.cli("recipients", *g.arguments(), "count", check=1)
            assert r.stdout.startswith("4 mailboxes and 1 whole domains, of these 1 internal and 1 disabled\n"), r.stdout
            assert "nothing of ecole.example" in r.stdout
        finally:
            g.remove()


def test_internal_recipients_are_reached_from_inside_only():
    with Table() as table, gateway("xclient", recipients__file=table.path, recipients__inside="10.1.0.0/16") as g:
        for client, taken in ((b"10.1.2.3", True), (b"10.2.2.3", False), (STRANGER, False)):
            with RawSmtp(g.port) as c:
                begin(c, client)
                assert rcpt(c, b"bloc-3").startswith(b"250") == taken, client
                assert rcpt(c, b"bob") == rcpt(c, b"zz") == REFUSAL
        with RawSmtp(g.port) as c:
            c.hello()
            c.ask(b"XCLIENT ADDR=" + STRANGER + b" LOGIN=alice")
            c.ask(b"EHLO laptop.hopital.example")
            c.ask(b"MAIL FROM:<alice@hopital.example>")
            assert rcpt(c, b"bloc-3").startswith(b"250")


def test_who_tries_names_is_slowed_down_then_sent_away_on_every_connection():
    with Table() as table, gateway("xclient", recipients__file=table.path, recipients__slow_after=3,
                                   recipients__close_after=5, smtp__threads=1) as g:
        with RawSmtp(g.port, timeout=60) as c, RawSmtp(g.port, timeout=60) as other:
            begin(c, STRANGER)
            began = time.monotonic()
            assert [rcpt(c, b"a%d" % i) for i in range(3)] == [REFUSAL] * 3
            assert time.monotonic() - began < 0.9
            times = []
            for i in range(2):
                began = time.monotonic()
                assert rcpt(c, b"b%d" % i) == REFUSAL
                times.append(time.monotonic() - began)
            assert min(times) >= 1, times
            c.send(b"RCPT TO:<zz@hopital.example>\r\n" * 3)
            # Meanwhile nobody else waits, nor does the only thread.
            began = time.monotonic()
            begin(other, b"198.51.100.8")
            assert rcpt(other, b"alice").startswith(b"250") and rcpt(other, b"zz") == REFUSAL
            assert time.monotonic() - began < 0.9
            assert c.reply().startswith(b"421 4.7.0") and c.ended()
        with RawSmtp(g.port, timeout=60) as c:  # a known one waits as long, and is taken
            begin(c, STRANGER)
            began = time.monotonic()
            assert rcpt(c, b"alice").startswith(b"250")
            assert time.monotonic() - began >= 1
            assert rcpt(c, b"zz").startswith(b"421 4.7.0")
        ends = [e["ended"] for e in g.events("smtp.disconnect") if e["ip"] == STRANGER.decode()]
        assert ends == ["too many unknown recipients"] * 2, ends


def test_the_cases_of_the_battery_about_recipients_pass():
    sink = free_port()
    with Table() as table, gateway("xclient", recipients__file=table.path, recipients__slow_after=3,
                                   recipients__close_after=6, delivery__next_hop=f"smtp:127.0.0.1:{sink}") as g:
        rows, _, _ = audit(f"127.0.0.1:{g.port}", "--sink", str(sink), "--wait", "1s", "--stress", "--unknown-rcpt",
                           "bob@hopital.example", "--unknown-rcpt", "bloc-3@hopital.example", "X-011", "X-012")
        assert {i: x["judgement"] for i, x in rows.items()} == {"X-011": "ok", "X-012": "ok"}, rows
        assert "ended after 3 unknown recipients" in json.dumps(rows), rows  # the other three were those of X-011

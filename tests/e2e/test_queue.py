"""The queue from outside: notifications to senders, holding, dropping, an outage."""
import email
import json
import os
import signal
import socket
import threading
from concurrent.futures import ThreadPoolExecutor

from gateway import Gateway, free_port, wait_until
from peers import SmtpSink
from samples import PARTNER, text

CLEAN = text(PARTNER, "Bonjour", "Bonjour,\n\nà demain.\n", 1)


class NextHop:
    """A next hop that refuses, defers or takes each recipient by its local part, or hangs."""

    def __init__(self, refuse=(), hang=False):
        self.refuse, self.hang, self.accepted, self.lock = refuse, hang, [], threading.Lock()
        self.listener = socket.socket()
        self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.port = free_port()

    def __enter__(self):
        self.listener.bind(("127.0.0.1", self.port))
        self.listener.listen(50)
        threading.Thread(target=self.serve, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()

    def serve(self):
        while True:
            try:
                connection = self.listener.accept()[0]
            except OSError:
                return
            threading.Thread(target=self.session, args=(connection,), daemon=True).start()

    def session(self, connection):
        with connection, connection.makefile("rwb") as f:
            def say(line):
                f.write(line + b"\r\n")
                f.flush()

            if self.hang:
                connection.recv(1)
                return
            sender, recipients = b"", []
            say(b"220 wolke.interne.example ESMTP")
            for line in f:
                verb = line.split(b" ")[0].strip().upper()
                if verb == b"EHLO":
                    say(b"250-wolke.interne.example\r\n250 8BITMIME")
                elif verb == b"MAIL":
                    sender, recipients = line.split(b"<")[1].split(b">")[0], []
                    say(b"250 2.1.0 ok")
                elif verb == b"RCPT":
                    address = line.split(b"<")[1].split(b">")[0]
                    if address.split(b"@")[0].decode() in self.refuse:
                        say(b"550 5.1.1 no mailbox on wolke.interne.example")
                    else:
                        recipients.append(address)
                        say(b"250 2.1.5 ok")
                elif verb == b"DATA":
                    say(b"354 go on")
                    data = b""
                    while not data.endswith(b"\r\n.\r\n"):
                        data += f.readline()
                    with self.lock:
                        self.accepted.append((sender, recipients, data[:-3]))
                    say(b"250 2.0.0 taken")
                elif verb == b"QUIT":
                    say(b"221 2.0.0 bye")
                    return
                else:
                    say(b"250 2.0.0 ok")


def queue(g, *words):
    return g.cli("queue", *words, "--set", f"paths.state={g.state}")


def listed(g, *words):
    return [json.loads(line) for line in queue(g, "list", "--json", *words).stdout.splitlines()]


def test_a_sender_is_told_of_a_failure_by_a_report_that_programs_read():
    with NextHop(refuse=("personne",)) as inside, SmtpSink() as away, \
            Gateway(delivery__next_hop=f"smtp:127.0.0.1:{inside.port}", dsn__via=f"smtp:127.0.0.1:{away.port}",
                    lang="fr") as g:
        assert g.send(CLEAN, recipient=["accueil@hopital.example", "personne@hopital.example"])[0] == 250
        sent = g.wait_event("dsn.sent", about="failed", to="claire.martin@partner.example")
        g.wait_event("delivery.done", mid=sent["dsn"])
        with inside.lock:
            delivered = {r for _, recipients, _ in inside.accepted for r in recipients}
        assert b"accueil@hopital.example" in delivered
        raw = away.messages() or [data for sender, _, data in inside.accepted if sender == b""]
        body = raw[0][raw[0].index(b"From: Service"):]
        report = email.message_from_bytes(body)
        assert not report.defects
        assert report["To"] == "<claire.martin@partner.example>"
        assert report["Auto-Submitted"] == "auto-replied"
        assert report.get_content_type() == "multipart/report"
        assert report.get_param("report-type") == "delivery-status"
        words, status, original = report.get_payload()
        assert "n'a pas pu être remis" in words.get_payload(decode=True).decode()
        about_message, about_recipient = status.get_payload()
        assert about_message["Reporting-MTA"] == "dns; mx.hopital.example"
        assert about_message["Arrival-Date"]
        assert about_recipient["Final-Recipient"] == "rfc822; personne@hopital.example"
        assert about_recipient["Action"] == "failed"
        assert about_recipient["Status"] == "5.1.1"
        assert b"interne" not in body, "a name from inside"
        returned = original.as_bytes()
        assert b"Subject: Bonjour" in returned
        assert b"X-Poterne" not in returned and b"Authentication-Results: mx.hopital" not in returned
        assert not g.cli("quarantine", "list", "--json", "--set", f"paths.state={g.state}").stdout.strip()


def test_without_a_way_out_what_fails_is_held_and_nobody_is_told():
    with NextHop(refuse=("personne",)) as inside, Gateway(delivery__next_hop=f"smtp:127.0.0.1:{inside.port}") as g:
        assert g.send(CLEAN, recipient=["accueil@hopital.example", "personne@hopital.example"])[0] == 250
        g.wait_event("delivery.failed")
        wait_until(lambda: "undeliverable" in g.cli("quarantine", "list", "--json", "--set",
                                                    f"paths.state={g.state}").stdout, 10, "the held message")
        assert not g.events("dsn.sent")


def test_a_held_message_stays_over_a_restart_until_it_is_retried():
    port = free_port()
    inside = NextHop()
    inside.port = port
    with Gateway(delivery__next_hop=f"smtp:127.0.0.1:{port}", delivery__retry="1s,1s") as g:
        for _ in range(3):
            assert g.send(CLEAN)[0] == 250
        g.wait_event("delivery.deferred")
        held, dropped, _ = [m["id"] for m in listed(g)]
        assert queue(g, "hold", held).returncode == 0
        shown = queue(g, "drop", dropped)
        assert dropped in shown.stdout and "--yes" in shown.stderr
        wait_until(lambda: queue(g, "drop", dropped, "--yes").returncode == 0, 10, "a moment between attempts")
        g.stop()
        g.start()
        assert [m["id"] for m in listed(g, "--state", "held")] == [held]
        assert not [m for m in listed(g) if m["id"] == dropped]
        with inside:
            wait_until(lambda: len(inside.accepted) == 1, 30, "the message nobody held")
            wait_until(lambda: [m["id"] for m in listed(g)] == [held], 10, "the held one alone")
            shown = queue(g, "show", held).stdout
            assert held in shown and "RECIPIENT" in shown and "accueil@hopital.example  pending" in shown
            summary = queue(g, "list", "--summary").stdout
            assert summary.startswith("DESTINATION") and f"smtp:127.0.0.1:{port}" in summary
            assert queue(g, "list", "--help").stdout.startswith("usage: poterne queue")
            assert b"Subject: Bonjour" in queue(g, "show", held, "--message").stdout.encode()
            assert queue(g, "retry", held).returncode == 0
            wait_until(lambda: len(inside.accepted) == 2, 20, "the released message")
            wait_until(lambda: not listed(g), 10, "an empty queue")
        assert "dropped" in g.cli("explain", dropped, "--json", "--set", f"paths.state={g.state}").stdout
        assert queue(g, "show", dropped).returncode == 1
        assert queue(g, "hold").returncode == 2
        assert queue(g, "list", "--older-than", "soon").returncode == 2


def test_a_next_hop_that_hangs_delays_no_other_domain():
    with NextHop(hang=True) as hangs, NextHop() as works, \
            Gateway(domains="hopital.example,labo.example", delivery__connections=8, delivery__timeout="60s",
                    delivery__next_hop=f"smtp:127.0.0.1:{works.port}",
                    delivery__routes=f"labo.example smtp:127.0.0.1:{hangs.port}") as g:
        with ThreadPoolExecutor(20) as pool:  # each may wait a while for a direct answer
            codes = list(pool.map(lambda _: g.send(CLEAN, recipient="chef@labo.example")[0], range(20)))
        assert codes == [250] * 20
        for _ in range(20):
            assert g.send(CLEAN)[0] == 250
        wait_until(lambda: len(works.accepted) >= 20, 20, "everything for the other domain")
        summary = {d["destination"]: d for d in listed(g, "--summary")}
        assert summary[f"smtp:127.0.0.1:{hangs.port}"]["messages"] == 20
        for pid in g.pids().get("relay", []):
            os.kill(pid, signal.SIGKILL)  # nobody waits out the hanging dialogues

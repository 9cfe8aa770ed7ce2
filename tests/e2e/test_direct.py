"""Direct hand-over: the sender reads 250 after the next hop's own 250; nothing is kept. When
the next hop is slow, busy or absent the spool steps in, and no message is sent twice."""
import json
import os
import socket
import threading
import time

from gateway import Gateway, wait_until
from peers import SmtpSink

CLEAN = ("From: Claire Martin <claire.martin@partner.example>\r\nTo: accueil@hopital.example\r\n"
         "Subject: Commande de gants\r\nDate: Sat, 21 Nov 2026 10:00:00 +0100\r\n"
         "Message-ID: <direct-{}@partner.example>\r\n\r\nBonjour,\r\n.une ligne\r\nClaire\r\n")


class ScriptedHop(threading.Thread):
    """A next hop that answers the final dot as it is told: (seconds to wait, reply)."""

    def __init__(self, *ends, rcpt=b"250 2.1.5 ok"):
        super().__init__(daemon=True)
        self.ends, self.rcpt, self.messages, self.lock = list(ends), rcpt, [], threading.Lock()
        self.server = socket.create_server(("127.0.0.1", 0))
        self.port = self.server.getsockname()[1]
        self.start()

    def run(self):
        while True:
            try:
                connection, _ = self.server.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def serve(self, connection):
        with connection, connection.makefile("rb") as lines:
            connection.sendall(b"220 inside ESMTP\r\n")
            for line in lines:
                verb = line[:4].upper()
                if verb == b"EHLO":
                    connection.sendall(b"250-inside\r\n250-8BITMIME\r\n250 PIPELINING\r\n")
                elif verb == b"RCPT":
                    connection.sendall(self.rcpt + b"\r\n")
                elif verb == b"DATA":
                    connection.sendall(b"354 go on\r\n")
                    if not self.take(connection, lines):
                        return
                elif verb == b"QUIT":
                    return
                else:
                    connection.sendall(b"250 2.0.0 ok\r\n")

    def take(self, connection, lines):
        body = []
        for line in lines:
            if line == b".\r\n":
                break
            body.append(line)
        with self.lock:
            wait, reply = self.ends.pop(0) if self.ends else (0, b"250 2.0.0 taken")
        time.sleep(wait)
        if reply.startswith(b"250"):
            with self.lock:
                self.messages.append(b"".join(body))
        try:
            connection.sendall(reply + b"\r\n")
        except OSError:
            return False
        return True

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.server.close()


def queue(g):
    return [json.loads(line) for line in
            g.cli("queue", "list", "--json", "--set", f"paths.state={g.state}").stdout.splitlines()]


def state_of(g, mid):
    return json.loads(g.cli("explain", mid, "--json", "--set", f"paths.state={g.state}", check=0).stdout).get("state")


def test_a_message_is_with_the_next_hop_before_its_sender_reads_250():
    with SmtpSink() as sink, Gateway(delivery__next_hop=f"smtp:127.0.0.1:{sink.port}") as g:
        for n in range(20):
            assert g.send(CLEAN.format(n))[0] == 250
            assert len(sink.messages()) == n + 1
        done = g.events("message.done")
        assert all(e["handed_to"] == f"smtp:127.0.0.1:{sink.port}" for e in done), done
        assert queue(g) == []
        assert wait_until(lambda: state_of(g, done[0]["mid"]) == "delivered", 5, "the history")
        assert b"\r\n..une ligne" not in sink.messages()[0] and b".une ligne" in sink.messages()[0]


def test_what_the_next_hop_refuses_for_good_is_refused_to_the_sender_without_its_words():
    with ScriptedHop(rcpt=b"550 5.1.1 no mailbox on exch01.interne.local") as hop:
        with Gateway(delivery__next_hop=f"smtp:127.0.0.1:{hop.port}") as g:
            code, text = g.send(CLEAN.format(1))
            assert code == 550 and text.startswith("5.1.1") and "exch01" not in text, text
            assert queue(g) == []


def test_what_the_next_hop_refuses_for_now_is_spooled_and_delivered_once():
    with ScriptedHop((0, b"451 4.3.0 later"), (0, b"451 4.3.0 later")) as hop:
        with Gateway(delivery__next_hop=f"smtp:127.0.0.1:{hop.port}", delivery__retry="1s") as g:
            assert g.send(CLEAN.format(1))[0] == 250
            assert len(queue(g)) == 1
            wait_until(lambda: hop.messages, 20, "the delivery")
            g.wait_event("delivery.done")
            assert len(hop.messages) == 1 and queue(g) == []


def test_recipients_at_different_next_hops_go_through_the_spool():
    with SmtpSink() as one, SmtpSink() as two:
        with Gateway(domains="hopital.example,labo.example", delivery__next_hop=f"smtp:127.0.0.1:{one.port}",
                     delivery__routes=f"labo.example smtp:127.0.0.1:{two.port}") as g:
            both = ["accueil@hopital.example", "a@labo.example"]
            assert g.send(CLEAN.format(1), recipient=both)[0] == 250
            wait_until(lambda: len(one.messages()) == 1 and len(two.messages()) == 1, 20, "both deliveries")
            assert g.events("message.done")[0]["handed_to"] == ""
            assert g.send(CLEAN.format(2), recipient=both[1])[0] == 250
            assert g.events("message.done")[1]["handed_to"] == f"smtp:127.0.0.1:{two.port}"


def test_without_a_next_hop_the_sender_is_not_kept_waiting():
    with Gateway(delivery__next_hop="smtp:127.0.0.1:9", delivery__retry="1s") as g:
        began = time.monotonic()
        for n in range(10):
            assert g.send(CLEAN.format(n))[0] == 250
        assert time.monotonic() - began < 5
        assert len(queue(g)) == 10


def test_a_slow_next_hop_costs_our_patience_and_gets_the_message_once():
    with ScriptedHop((4, b"250 2.0.0 at last")) as hop:
        with Gateway(delivery__next_hop=f"smtp:127.0.0.1:{hop.port}", delivery__patience="1s",
                     delivery__retry="1s") as g:
            began = time.monotonic()
            assert g.send(CLEAN.format(1))[0] == 250
            assert 0.8 < time.monotonic() - began < 3.5
            wait_until(lambda: hop.messages, 20, "the delivery")
            g.wait_event("delivery.done")
            wait_until(lambda: not queue(g), 10, "an empty queue")
            time.sleep(1.5)  # longer than the pause before another attempt would be
            assert len(hop.messages) == 1, "sent twice"


def test_a_domain_that_was_slow_is_tried_again_after_a_rest():
    with ScriptedHop((3, b"250 2.0.0 at last")) as hop:
        with Gateway(delivery__next_hop=f"smtp:127.0.0.1:{hop.port}", delivery__patience="1s") as g:
            assert g.send(CLEAN.format(0))[0] == 250
            assert g.send(CLEAN.format(1))[0] == 250  # at rest: spooled at once
            assert [e["handed_to"] for e in g.events("message.done")] == ["", ""]
            wait_until(lambda: g.send(CLEAN.format(2))[0] == 250 and g.events("message.done")[-1]["handed_to"], 20,
                       "direct hand-over again")
            wait_until(lambda: not queue(g), 20, "an empty queue")
            ids = [m.split(b"Message-ID: ")[1].split(b"\r\n")[0] for m in hop.messages]
            assert len([i for i in ids if i in (b"<direct-0@partner.example>", b"<direct-1@partner.example>")]) == 2, ids


def test_a_relay_that_dies_while_the_sender_waits_loses_nothing():
    with ScriptedHop((2, b"250 2.0.0 taken")) as hop:
        with Gateway(delivery__next_hop=f"smtp:127.0.0.1:{hop.port}", delivery__retry="1s") as g:
            answers = []
            sender = threading.Thread(target=lambda: answers.append(g.send(CLEAN.format(1))))
            sender.start()
            wait_until(lambda: not hop.ends, 10, "the final dot")
            os.kill(g.pids()["relay"][0], 9)
            sender.join()
            assert answers[0][0] == 250
            wait_until(lambda: len(hop.messages) >= 1 and not queue(g), 20, "the delivery")
            # The next hop's answer was lost with the relay: it may have the message twice.
            assert len(hop.messages) <= 2

"""Mail goes on: Postfix, smtp-sink and Dovecot as next hops, up, down and refusing."""
import os
import signal
import subprocess

from gateway import Gateway, free_port, wait_until
from peers import DovecotLmtp, Postfix, SmtpSink, program, settle
from samples import PARTNER, samples, text

CLEAN = text(PARTNER, "Bonjour", "Bonjour,\n\n.Une ligne avec un point.\n", 1)


def test_smtp_sink_receives_what_was_sent():
    with SmtpSink() as sink, Gateway(spool=True, delivery__next_hop=f"smtp:127.0.0.1:{sink.port}") as g:
        for _ in range(5):
            assert g.send(CLEAN)[0] == 250
        wait_until(lambda: len(g.events("delivery.done")) == 5, 20, "five deliveries")
        assert len(sink.messages()) == 5
        assert b"\n.Une ligne avec un point." in sink.messages()[0].replace(b"\r", b"")


def test_postfix_receives_and_delivers():
    with Postfix() as postfix, Gateway(delivery__next_hop=f"smtp:127.0.0.1:{postfix.port}") as g:
        assert g.send(CLEAN)[0] == 250
        message = wait_until(postfix.messages, 20, "delivery by Postfix")[0]
        assert b"Return-Path: <claire.martin@partner.example>" in message
        assert b"Une ligne avec un point" in message


def test_dovecot_receives_by_lmtp_over_a_unix_socket():
    with DovecotLmtp() as dovecot, Gateway(delivery__next_hop=f"lmtp:unix:{dovecot.socket}") as g:
        assert g.send(CLEAN)[0] == 250
        message = wait_until(dovecot.messages, 20, "delivery by Dovecot")[0]
        assert b"Une ligne avec un point" in message


def test_dovecot_refuses_one_of_two_recipients_and_the_other_gets_the_message():
    with DovecotLmtp() as dovecot, Gateway(delivery__next_hop=f"lmtp:127.0.0.1:{dovecot.port}") as g:
        assert g.send(CLEAN, recipient=["accueil@hopital.example", "personne@hopital.example"])[0] == 250
        wait_until(dovecot.messages, 20, "delivery by Dovecot")
        held = wait_until(lambda: "personne@hopital.example" in g.cli("quarantine", "list", "--json", "--set",
                                                                     f"paths.state={g.state}").stdout, 20,
                          "the undeliverable copy in quarantine")
        assert held
        settle()
        assert len(dovecot.messages()) == 1


def test_a_next_hop_that_is_down_gets_the_mail_when_it_is_back():
    port = free_port()
    sink = SmtpSink()
    sink.port = port
    with Gateway(delivery__next_hop=f"smtp:127.0.0.1:{port}", delivery__retry="1s,1s,1s") as g:
        for _ in range(3):
            assert g.send(CLEAN)[0] == 250
        g.wait_event("delivery.deferred")
        assert "accueil@hopital.example" in g.cli("queue", "list", "--json", "--set", f"paths.state={g.state}").stdout
        with sink:
            wait_until(lambda: len(sink.messages()) == 3, 30, "delivery after the outage")
            wait_until(lambda: not g.cli("queue", "list", "--json", "--set", f"paths.state={g.state}").stdout.strip(),
                       10, "an empty queue")


def test_a_temporary_refusal_is_tried_again():
    with SmtpSink("-r", "rcpt") as sink, Gateway(delivery__next_hop=f"smtp:127.0.0.1:{sink.port}",
                                                 delivery__retry="1s,1s,1s") as g:
        assert g.send(CLEAN)[0] == 250
        wait_until(lambda: len(g.events("delivery.deferred")) >= 2, 20, "a second attempt")
        assert not g.events("delivery.failed")


def test_a_next_hop_that_hangs_up_is_tried_again():
    with SmtpSink("-q", "data") as sink, Gateway(delivery__next_hop=f"smtp:127.0.0.1:{sink.port}",
                                                 delivery__retry="1s,1s,1s") as g:
        assert g.send(CLEAN)[0] == 250
        wait_until(lambda: len(g.events("delivery.deferred")) >= 2, 20, "a second attempt")


def test_a_store_that_dies_during_a_delivery_delivers_nothing_twice():
    """The next hop takes two seconds for its 250; the new store asks for the same message meanwhile."""
    with SmtpSink("-W", ".:2") as sink, Gateway(spool=True, delivery__next_hop=f"smtp:127.0.0.1:{sink.port}") as g:
        assert g.send(CLEAN)[0] == 250
        wait_until(sink.messages, 20, "the message at the next hop")
        pid = g.pids()["store"][0]
        os.kill(pid, signal.SIGKILL)
        g.wait_event("delivery.done")
        settle(3)
        assert len(sink.messages()) == 1
        assert len(g.events("delivery.done")) == 1


def test_a_final_refusal_is_held_as_undeliverable():
    with SmtpSink("-f", "rcpt") as sink, Gateway(spool=True, delivery__next_hop=f"smtp:127.0.0.1:{sink.port}") as g:
        assert g.send(CLEAN)[0] == 250
        g.wait_event("delivery.failed")
        listed = g.cli("quarantine", "list", "--json", "--set", f"paths.state={g.state}").stdout
        assert "accueil@hopital.example" in listed


def test_nothing_leaves_for_the_senders_domain():
    """This role emits nothing to the Internet: an undeliverable message makes no bounce."""
    with SmtpSink("-f", "rcpt") as sink, Gateway(spool=True, delivery__next_hop=f"smtp:127.0.0.1:{sink.port}") as g:
        assert g.send(CLEAN)[0] == 250
        g.wait_event("delivery.failed")
        settle()
        assert not [m for m in sink.messages() if b"X-Mail-Args: <>" in m]


def test_a_load_of_five_hundred_messages_arrives_whole():
    """Postfix's smtp-source into the gateway, Postfix's smtp-sink behind it."""
    with SmtpSink() as sink, Gateway(spool=True, delivery__next_hop=f"smtp:127.0.0.1:{sink.port}") as g:
        subprocess.run([program("smtp-source"), "-s", "20", "-m", "500", "-l", "4096", "-M", "mail.partner.example",
                        "-f", "claire.martin@partner.example", "-t", "accueil@hopital.example",
                        f"127.0.0.1:{g.port}"], check=True, timeout=120)
        wait_until(lambda: len(g.events("delivery.done")) == 500, 60, "five hundred deliveries")
        assert len(sink.messages()) == 500
        assert not [e for e in g.events("message.done") if e["code"] != 250]


def test_a_suspicious_message_is_delivered_with_a_mark():
    with SmtpSink() as sink, Gateway(spool=True, delivery__next_hop=f"smtp:127.0.0.1:{sink.port}") as g:
        s = {x.name: x for x in samples()}["suspicious"]
        assert g.send(s.data, s.sender)[0] == 250
        event = g.events("message.done")[-1]
        assert event["action"] == "tag", event
        g.wait_event("delivery.done")  # before that the sink's file may be half written
        delivered = sink.messages()[0]
        assert b"X-Spam-Flag: YES" in delivered and b"X-Poterne-Verdict: tag" in delivered

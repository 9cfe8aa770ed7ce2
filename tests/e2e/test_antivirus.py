"""The antivirus: clamd with a signature of our own, over a UNIX socket and over TCP; gone,
and silent."""
import socket

from gateway import Gateway, free_port, wait_until
from peers import Clamd
from samples import PARTNER, mixed, text

CLEAN = text(PARTNER, "Bonjour", "Bonjour,\n\nTout va bien.\n", 1)


def infected():
    return mixed(PARTNER, "Document", "Voir le document.\n", 2, "document.txt", Clamd.MARK, "text/plain")


def test_clamd_names_a_virus_and_the_message_is_refused():
    with Clamd() as clamd:
        for address in (f"unix:{clamd.socket}", f"tcp:127.0.0.1:{clamd.port}"):
            with Gateway(antivirus__clamd=address) as g:
                assert g.send(CLEAN)[0] == 250
                code, reply = g.send(infected())
                assert code == 550, (code, reply)
                event = g.events("message.done")[-1]
                assert event["decision"] == "VIRUS_FOUND", event
                assert "Poterne" not in reply and "virus" not in reply.lower(), reply


def test_first_bytes_of_a_message_do_not_hide_what_is_attached():
    with Clamd() as clamd, Gateway(antivirus__clamd=f"unix:{clamd.socket}") as g:
        for first in (b"GIF89a", b"%PDF-1.4", b"MZ", b"ID3", b"RIFF", b"PK"):
            assert g.send(first + b": x\r\n" + infected())[0] == 550, first
            assert g.events("message.done")[-1]["decision"] == "VIRUS_FOUND", first


def test_bytes_further_on_do_not_make_an_archive_of_it_either():
    with Clamd() as clamd, Gateway(antivirus__clamd=f"unix:{clamd.socket}") as g:
        for before in (0, len(b"Received: by poterne\r\n")):
            archive = b"X: " + b"a" * (257 - before - 3) + b"ustar\r\n"
            assert g.send(archive + infected())[0] == 550, before
            assert g.events("message.done")[-1]["decision"] == "VIRUS_FOUND", before


def test_clamd_that_is_down_defers_every_message():
    with Gateway(antivirus__clamd=f"tcp:127.0.0.1:{free_port()}") as g:
        assert g.send(CLEAN)[0] == 451
        assert g.events("message.done")[-1]["decision"] == "AV_ERROR"
        assert not g.maildir()


def test_clamd_that_never_answers_defers_within_its_time():
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen(16)
        with Gateway(antivirus__clamd=f"tcp:127.0.0.1:{silent.getsockname()[1]}", antivirus__timeout="1s") as g:
            assert g.send(CLEAN)[0] == 451


def test_a_message_above_what_clamd_takes_is_not_waved_through():
    with Clamd() as clamd, Gateway(antivirus__clamd=f"unix:{clamd.socket}") as g:
        code, reply = g.send(CLEAN + (b"y" * 70 + b"\r\n") * 40000)
        event = wait_until(lambda: g.events("message.done"), 10)[-1]
        assert event["action"] != "accept" and "AV_TOO_LARGE" in event["symbols"], (code, reply, event)


def test_without_antivirus_the_start_says_so_and_the_test_file_is_still_found():
    with Gateway() as g:
        assert [e for e in g.events("gateway.warning") if "antivirus" in e["what"].lower()]

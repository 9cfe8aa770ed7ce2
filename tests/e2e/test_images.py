"""QR codes in pictures, by a process of their own that may die; YARA rules of the site."""
import base64
import os
import re
import signal
import struct
import tempfile
import zlib

from gateway import TOP, Gateway, wait_until
from samples import PARTNER


def _code_modules():
    with open(os.path.join(TOP, "src/image/qrpicture.h"), encoding="utf-8") as f:
        return re.findall(r'"([#.]{25})"', f.read())


def _png(rows):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    raw = b"".join(b"\0" + row for row in rows)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", len(rows[0]), len(rows), 8, 0, 0, 0, 0))
            + chunk(b"IDAT", zlib.compress(raw, 0)) + chunk(b"IEND", b""))


def _qr_png(scale=4, margin=4):
    modules = _code_modules()
    side = (len(modules) + 2 * margin) * scale

    def dark(x, y):
        column, row = x // scale - margin, y // scale - margin
        return 0 <= column < len(modules) and 0 <= row < len(modules) and modules[row][column] == "#"

    return _png([bytes(0 if dark(x, y) else 255 for x in range(side)) for y in range(side)])


def _message(kind, data, name=None, words=""):
    disposition = f'Content-Disposition: attachment; filename="{name}"\r\n' if name else ""
    encoded = base64.encodebytes(data).decode().replace("\n", "\r\n")
    return (f"From: {PARTNER}\r\nTo: <alice@hopital.example>\r\nSubject: Bonjour\r\n"
            "Date: Sun, 22 Nov 2026 10:00:00 +0100\r\nMessage-ID: <1@partenaire.example>\r\nMIME-Version: 1.0\r\n"
            f'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\n{words}\r\n'
            f"--b\r\nContent-Type: {kind}\r\n{disposition}Content-Transfer-Encoding: base64\r\n\r\n"
            f"{encoded}\r\n--b--\r\n").encode()


QR_MAIL = _message("image/png", _qr_png())
WORDS = "Bonjour, voici le plan de la salle pour la conférence de demain ; à bientôt, Jeanne."


def test_a_mail_that_is_a_qr_code_is_held_and_one_that_shows_it_beside_words_is_not():
    with Gateway() as g:
        assert g.send(QR_MAIL)[0] == 250
        event = g.wait_event("message.done")
        assert event["action"] == "quarantine", event
        for symbol in ("IMAGE_QR_CODE", "IMAGE_QR_LINK", "IMAGE_ONLY", "IMAGE_QR_LURE"):
            assert symbol + "=" in event["symbols"], event
        assert g.send(_message("image/png", _qr_png(), words=WORDS))[0] == 250
        event = wait_until(lambda: g.events("message.done")[1:], 10, "the second")[0]
        assert event["action"] in ("accept", "tag") and "IMAGE_QR_CODE" in event["symbols"], event


def test_a_picture_whose_worker_never_answers_is_held_and_the_worker_replaced():
    with Gateway(image__deadline="500ms", image__workers="1") as g:
        stopped = g.freeze("image")
        assert g.send(QR_MAIL)[0] == 250
        event = g.wait_event("message.done")
        assert event["action"] == "quarantine" and "IMAGE_UNINSPECTED" in event["symbols"], event
        wait_until(lambda: not set(stopped) & set(g.pids().get("image", stopped)), 20, "a new worker")
        assert g.send(QR_MAIL)[0] == 250
        event = wait_until(lambda: g.events("message.done")[1:], 20, "the second")[0]
        assert "IMAGE_QR_CODE" in event["symbols"], event


def test_yara_rules_of_the_site_are_taken_over_by_a_reload():
    with tempfile.TemporaryDirectory() as overlay:
        os.chmod(overlay, 0o755)
        mail = _message("application/x-thing", b"a needle in a haystack", "a.thing", WORDS)
        with Gateway(paths__overlay=overlay) as g:
            assert g.send(mail)[0] == 250
            assert "YARA_MATCH" not in g.wait_event("message.done")["symbols"]
            os.mkdir(os.path.join(overlay, "yara"))
            with open(os.path.join(overlay, "yara", "site.yar"), "w", encoding="utf-8") as f:
                f.write('rule needle { strings: $a = "needle" condition: $a }\n')
            g.signal(signal.SIGHUP)
            g.wait_event("reload.rules")
            assert g.send(mail)[0] == 250
            event = wait_until(lambda: g.events("message.done")[1:], 10, "the second")[0]
            assert event["action"] == "quarantine" and "YARA_MATCH" in event["symbols"], event

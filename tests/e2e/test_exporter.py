"""Others are told of messages: by HTTP, by a letter, by lines in a file; and no mail waits for it."""
import base64
import email
import http.server
import json
import os
import threading
import time

from gateway import Gateway, free_port, wait_until
from samples import GTUBE, PARTNER, mixed, text


class Target:
    """Takes what is posted."""

    def __init__(self, port):
        self.posted = posted = []

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                posted.append((self.path, self.headers["Content-Type"], json.loads(body)))
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            allow_reuse_address, daemon_threads = True, True

        self.server = Server(("127.0.0.1", port), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


def spam(n):
    return text(PARTNER, f"Essai {n}", f"Essai {n} :\n{GTUBE}\nhttps://lien.example/x\n", n)


def test_others_are_told_of_messages_and_no_mail_waits_for_it():
    port = free_port()
    url = f"http://127.0.0.1:{port}/in"
    with Gateway(exporter__targets=f"siem http {url} when=is_reject+VIRUS_FOUND http,files queue when=any,"
                                   f"full http {url}/full whole http,soc mail soc@hopital.example rate=1",
                 fetch__allow_private="127.0.0.0/8", fields__recipient_tag="true") as g:
        target = Target(port)
        assert g.send(mixed(PARTNER, "Document", "Voir https://lien.example/a.\n", 1, "note.txt", b"du texte", "text/plain"),
                      recipient="accueil+rh@hopital.example")[0] == 250
        assert g.send(spam(2))[0] == 550
        wait_until(lambda: len(target.posted) == 2, 10, "two posts")
        done = g.events("message.done")
        (_, kind, one), (_, _, full) = sorted(target.posted, key=lambda p: p[0])
        assert kind == "application/json" and one == done[1], (kind, one, done[1])
        assert one["rcpt"] == ["accueil@hopital.example"] and one["hosts"] == ["lien.example"], one
        assert GTUBE.encode() in base64.b64decode(full.pop("message")) and full == one

        lines = wait_until(lambda: (found := open(os.path.join(g.state, "store", "exports", "files.jsonl"),
                                                  encoding="utf-8").readlines()) and len(found) == 2 and found, 5, "lines")
        assert [json.loads(line) for line in lines] == done, lines
        assert done[0]["attachments"] == ["note.txt"] and done[0]["attachment_types"][0], done[0]

        # The target is away: mail goes on at once, and it is told when it is back.
        target.stop()
        began = time.monotonic()
        assert g.send(spam(3))[0] == 550
        assert time.monotonic() - began < 3
        time.sleep(0.5)
        target = Target(port)
        wait_until(lambda: len(target.posted) == 2, 15, "what waited")
        assert target.posted[0][2]["mid"] == g.events("message.done")[2]["mid"]

        # One letter an hour, and the tag of the recipient for its filing rules.
        mails = wait_until(lambda: len(g.maildir()) == 2 and g.maildir(), 10, "the message and one letter")
        parsed = [email.message_from_bytes(m) for m in mails]
        letter = next(m for m in parsed if m["Subject"].startswith("Poterne: reject"))
        shown = letter.get_payload(decode=True).decode()
        assert letter["To"] == "<soc@hopital.example>" and done[1]["mid"] in shown and "claire.martin" in shown, shown
        assert [m["X-Poterne-Tag"] for m in parsed if m is not letter] == ["rh"]
        target.stop()

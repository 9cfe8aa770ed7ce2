"""Other services of the site, each on a socket of its own: what they say becomes symbols, and what
they do not say puts mail off where their row wants it."""
import json
import os
import socketserver
import tempfile
import threading
import time

from gateway import Gateway, free_port
from peers import CIcap, Clamd
from samples import PARTNER, mixed, text

OVERLAY = """symbols:
  OURS_ODD:
    group: spam
    when: {scanner: {name: own, says: odd}}
    score: 1.5
    created: 2026-11-22
    description: {en: odd, fr: bizarre}
"""


class Services:
    """Three of them; what they do with a message stands in it."""

    def __init__(self, folder):
        self.own, self.icap, self.olefy = os.path.join(folder, "own.sock"), free_port(), free_port()
        self.questions, self.files = [], []
        outer = self

        class Own(socketserver.StreamRequestHandler):
            def handle(self):
                question = json.loads(self.rfile.readline())
                body = self.rfile.read(question["length"])
                outer.questions.append((question, body))
                if b"X-Hang" in body:
                    time.sleep(2)
                elif b"X-Garbage" in body:
                    self.wfile.write(b"\x00[[[[" * 10000)
                else:
                    says = [{"word": "odd", "text": "as told"}] if b"X-Odd" in body else []
                    self.wfile.write(json.dumps({"says": says}).encode() + b"\n")

        class Icap(socketserver.StreamRequestHandler):
            def handle(self):
                asked = b""
                while not asked.endswith(b"\r\n0\r\n\r\n"):
                    asked += self.rfile.readline()
                if b"X-Virus" in asked:
                    self.wfile.write(b"ICAP/1.0 200 OK\r\nX-Infection-Found: Type=0; Threat=Test;\r\n\r\n")
                elif b"X-Broken" in asked:
                    self.wfile.write(b"ICAP/1.0 500 Server error\r\n\r\n")
                else:
                    self.wfile.write(b"ICAP/1.0 204 No Content\r\n\r\n")

        class Olefy(socketserver.StreamRequestHandler):
            def handle(self):
                head, _, body = self.rfile.read().partition(b"\n\n")
                outer.files.append((head, body))
                self.wfile.write(json.dumps([{"type": "MetaInformation"}, {"type": "OLE", "macros": [], "analysis": None},
                                             {"return_code": 0}]).encode())

        class Unix(socketserver.ThreadingUnixStreamServer):
            daemon_threads = True

        class Tcp(socketserver.ThreadingTCPServer):
            daemon_threads, allow_reuse_address = True, True

        self.servers = [Unix(self.own, Own), Tcp(("127.0.0.1", self.icap), Icap), Tcp(("127.0.0.1", self.olefy), Olefy)]
        os.chmod(self.own, 0o666)
        for s in self.servers:
            threading.Thread(target=s.serve_forever, daemon=True).start()

    def rows(self):
        return (f"own line unix:{self.own} timeout=1s,av icap tcp:127.0.0.1:{self.icap} on_failure=weigh,"
                f"ole olefy tcp:127.0.0.1:{self.olefy} send=attachments")

    def stop(self):
        for s in self.servers:
            s.shutdown()
            s.server_close()


def test_other_services_are_asked_and_no_answer_is_not_clean():
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        with open(os.path.join(folder, "ours.yaml"), "w", encoding="utf-8") as f:
            f.write(OVERLAY)
        services = Services(folder)
        with Gateway(scanners__services=services.rows(), paths__overlay=folder) as g:
            def outcome(word):
                code = g.send(text(PARTNER, word, f"Bonjour,\n\n{word}\n", 1))[0]
                return code, g.events("message.done")[-1]

            assert g.send(mixed(PARTNER, "Document", "Voir.\n", 2, "d.txt", b"what is attached" * 10, "text/plain"))[0] == 250
            question, body = services.questions[0]
            assert question["about"] == "message" and question["length"] == len(body), question
            assert question["recipients"] and body.endswith(b"\r\n"), question
            assert services.files == [(services.files[0][0], b"what is attached" * 10)], services.files
            assert services.files[0][0].startswith(b"OLEFY/1.0\nMethod: oletools\nRspamd-ID: "), services.files
            assert "SCANNER" not in g.events("message.done")[-1]["symbols"]
            assert "AV_ABSENT" not in g.events("message.done")[-1]["symbols"]

            code, done = outcome("X-Odd")
            assert code == 250 and "OURS_ODD=1.50" in done["symbols"], done
            code, done = outcome("X-Virus")
            assert code == 550 and done["decision"] == "SCANNER_INFECTED", done
            code, done = outcome("X-Hang")
            assert code == 451 and done["decision"] == "SCANNER_DOWN" and done["time_us"] < 1900000, done
            code, done = outcome("X-Garbage")
            assert code == 451 and done["decision"] == "SCANNER_DOWN", done
            code, done = outcome("X-Broken")
            assert code == 250 and "SCANNER_FAILED" in done["symbols"] and done["decision"] == "", done
        services.stop()


CLEAN = text(PARTNER, "Bonjour", "Bonjour,\n\nTout va bien.\n", 1)
INFECTED = mixed(PARTNER, "Document", "Voir le document.\n", 2, "d.txt", Clamd.MARK, "text/plain")


def padded(mail, megabytes):
    return mail + (b"y" * 78 + b"\r\n") * (megabytes * 13108)


def judged(g, mail):
    code = g.send(mail)[0]
    return code, g.events("message.done")[-1]


def test_a_real_icap_server_finds_what_its_antivirus_knows():
    with Clamd() as clamd, CIcap(clamd.socket) as icap:
        with Gateway(scanners__services=f"kasp icap tcp:127.0.0.1:{icap.port} service={CIcap.STRICT}") as g:
            for mail in (CLEAN, padded(CLEAN, 8)):
                code, done = judged(g, mail)
                assert code == 250 and "SCANNER" not in done["symbols"], done
                # The second one would be a PDF to who does not scan those.
                for found in (INFECTED, b"%PDF-1.4: x\r\n" + padded(INFECTED, 8)):
                    code, done = judged(g, found)
                    assert code == 550 and done["decision"] == "SCANNER_INFECTED", done
                    assert '"kasp: Poterne.Test' in done["reasons"], done
            clamd.stop()
            code, done = judged(g, CLEAN)
            assert code == 451 and done["decision"] == "SCANNER_DOWN" and "status is 500" in done["reasons"], done
            icap.stop()
            code, done = judged(g, CLEAN)
            assert code == 451 and done["decision"] == "SCANNER_DOWN", done


def test_an_icap_server_that_does_not_look_does_not_say_clean():
    with Clamd() as clamd, CIcap(clamd.socket) as icap, CIcap("/nonexistent") as without:
        with Gateway(scanners__services=f"lax icap tcp:127.0.0.1:{icap.port} service=virus_scan") as g:
            assert judged(g, CLEAN)[0] == 250
            # It begins to give back what is above StartSendPercentDataAfter, or above MaxObjectSize; of
            # the first it gives back a part only, if it had all by then.
            for megabytes in (3, 8, 20):
                code, done = judged(g, padded(INFECTED, megabytes))
                assert done["action"] == "quarantine", done
                assert done["decision"] in ("SCANNER_LIMITS", "SCANNER_MODIFIED")[:1 + (megabytes == 3)], done
        for service in (CIcap.STRICT, "nothing"):
            with Gateway(scanners__services=f"x icap tcp:127.0.0.1:{without.port} service={service}") as g:
                code, done = judged(g, CLEAN)
                assert code == 451 and done["decision"] == "SCANNER_DOWN", done
                assert ("no antivirus" if "?" in service else "status is 404") in done["reasons"], done

"""What gateways remember: answers to our own mail, correspondents, and who sends spam."""
import json
import os
import random
import re
import signal
import sqlite3
import tempfile

from gateway import Gateway, wait_until
from peers import RedisServer
from samples import headers

PASSWORD = "poivre-et-sel"
DOCTOR, PATIENT, THIEF = "docteur@hopital.example", "marie@partner.example", "marie@attacker.example"
# Raises enough to be held, and decides nothing.
SPAMMY = """symbols:
  TEST_SPAM:
    group: test
    when: {header: {name: Subject, regex: '^PROMO'}}
    score: 12
    created: 2026-11-22
    description: {en: Spam of the test., fr: Pourriel du test.}
    example: PROMO
    near_miss: a promo
"""


def mail(sender, recipient, subject="Bonjour", number=1, extra=""):
    fields = re.sub("Message-ID: [^\r]*", f"Message-ID: <{number}@{sender.split('@')[1]}>",
                    headers(sender, subject, extra, number % 60, recipient))
    return (fields + "Content-Type: text/plain\r\n\r\nUne ligne.\r\n").encode()


def overlay(folder):
    os.chmod(folder, 0o755)
    with open(os.path.join(folder, "90-test.yaml"), "w", encoding="utf-8") as f:
        f.write(SPAMMY)
    for name, text in (("password", PASSWORD), ("secret", "poivre" * 8), ("other", "cumin!" * 8)):
        with open(os.path.join(folder, name), "w", encoding="ascii") as f:
            f.write(text + "\n")
        os.chmod(os.path.join(folder, name), 0o600)


def symbols(g, sender, recipient, **rest):
    """Those of the verdict about one more message, with what they weigh."""
    n = len(g.events("message.done"))
    g.send(mail(sender, recipient, **rest), sender, recipient)
    done = wait_until(lambda: g.events("message.done")[n:], 20, "the verdict")[0]
    return dict(s.rsplit("=", 1) for s in done["symbols"].split())


def shown(g, name, status=0):
    out = g.cli("memory", "show", name, "--json", *g.arguments(), check=status).stdout
    return {row["kind"]: row for row in map(json.loads, out.splitlines())}


def campaign(number):
    """One text under a subject of its own, long enough to be known again."""
    pick = random.Random(7)
    text = " ".join(pick.choice("gagnez argent rapide cliquez offre gratuite loterie million promotion limite credit "
                                "casino".split()) for _ in range(80))
    return mail("vente@attacker.example", DOCTOR, f"Offre {number}", number).replace(b"Une ligne.", text.encode())


def told_of(g, data):
    """The symbols of digests that others learned."""
    n = len(g.events("message.done"))
    g.send(data, "vente@attacker.example", DOCTOR)
    done = wait_until(lambda: g.events("message.done")[n:], 20, "the verdict")[0]
    return [s for s in done["symbols"].split() if s.startswith("FUZZY")]


def learn(g, folder, kind, data):
    path = os.path.join(folder, "lesson")
    with open(path, "wb") as f:
        f.write(data)
    g.cli("learn", kind, *g.arguments(), path, check=0)


def test_two_gateways_share_whom_we_wrote_to_who_sends_spam_and_what_was_learned():
    with tempfile.TemporaryDirectory() as folder, RedisServer(PASSWORD) as redis:
        overlay(folder)
        shared = {"memory__shared": f"tcp:127.0.0.1:{redis.port}", "learn__share": "true", "paths__overlay": folder,
                  "memory__password_file": f"{folder}/password", "memory__secret_file": f"{folder}/secret"}
        with Gateway(role="out", out__clients="127.0.0.0/8", **shared) as out, Gateway(**shared) as mx:
            out.wait_event("memory.shared")
            mx.wait_event("memory.shared")
            answer = f"In-Reply-To: <41@{DOCTOR.split('@')[1]}>\r\n"
            assert "REPLY" not in symbols(mx, PATIENT, DOCTOR, number=1, extra=answer)
            assert out.send(mail(DOCTOR, PATIENT, number=41), DOCTOR, PATIENT)[0] == 250
            wait_until(lambda: "sent" in shown(out, f"{PATIENT} <41@hopital.example>", None), 10, "the sent mail")
            assert "KNOWN_THREAD" in symbols(mx, PATIENT, DOCTOR, number=2, extra=answer)
            found = symbols(mx, PATIENT, DOCTOR, number=3)
            assert "KNOWN_CORRESPONDENT" in found and "REPLY" not in found, found
            found = symbols(mx, THIEF, DOCTOR, number=4, extra=answer)
            assert not {"REPLY", "KNOWN_THREAD", "KNOWN_CORRESPONDENT"} & set(found), found
            for n in range(6):
                found = symbols(mx, THIEF, DOCTOR, subject="PROMO", number=10 + n)
            assert "DOMAIN_REPUTATION_BLACK" in found and "BAD_REP_POLICIES" in found, found
            assert shown(mx, "attacker.example")["domain"]["bad"] > 5
            assert shown(out, "127.0.0.1")["client"]["bad"] > 5  # as the other one has it
            assert "forgotten" in mx.cli("memory", "forget", "attacker.example", *mx.arguments(), check=0).stdout
            wait_until(lambda: "domain" not in shown(mx, "attacker.example", None), 10, "oblivion")
            # What one learns the others know within the minute, and forget with it.
            assert told_of(mx, campaign(20)) == []
            learn(out, folder, "--spam", campaign(21))
            wait_until(lambda: told_of(mx, campaign(22)), 60, "what the other one learned")
            learn(out, folder, "--forget", campaign(21))
            wait_until(lambda: told_of(mx, campaign(23)) == [], 60, "that it was forgotten")
            # Who is no member takes away at most what was not noted here.
            redis.overwrite(b"\x01" + bytes(40), b"x" * 100000, b"")
            assert "KNOWN_CORRESPONDENT" not in symbols(mx, PATIENT, DOCTOR, number=31)
            assert out.send(mail(DOCTOR, PATIENT, number=42), DOCTOR, PATIENT)[0] == 250
            wait_until(lambda: "KNOWN_CORRESPONDENT" in symbols(mx, PATIENT, DOCTOR, number=32), 20, "the new row")
            # Without the server each goes on with its own, and the mail goes on at all times.
            redis.stop()
            assert "KNOWN_CORRESPONDENT" not in symbols(mx, PATIENT, DOCTOR, number=33)
            mx.wait_event("memory.shared_lost")
            assert "IP_REPUTATION_NEUTRAL" in symbols(mx, THIEF, DOCTOR, number=34)
            assert out.send(mail(DOCTOR, PATIENT, number=43), DOCTOR, PATIENT)[0] == 250
            learn(out, folder, "--spam", campaign(24))
            # It comes back empty: what was noted meanwhile is told.
            redis.start()
            wait_until(lambda: "KNOWN_CORRESPONDENT" in symbols(mx, PATIENT, DOCTOR, number=35), 60, "what was owed")
            wait_until(lambda: told_of(mx, campaign(25)), 60, "what was learned meanwhile")
        with Gateway(**{**shared, "memory__secret_file": f"{folder}/other"}) as stranger:
            stranger.wait_event("memory.shared")
            found = symbols(stranger, PATIENT, DOCTOR, number=1)
            assert "KNOWN_CORRESPONDENT" not in found and told_of(stranger, campaign(26)) == [], found


def test_a_killed_memory_costs_no_mail_and_little_memory():
    with tempfile.TemporaryDirectory() as folder:
        overlay(folder)
        with Gateway(paths__overlay=folder) as g:
            for n in range(6):
                symbols(g, THIEF, DOCTOR, subject="PROMO", number=n)
            file = os.path.join(g.state, "memory", "memory.db")
            rows = lambda: sqlite3.connect(f"file:{file}?mode=ro", uri=True).execute(
                "SELECT count(*) FROM fact WHERE bad > 5").fetchone()[0]
            wait_until(lambda: rows() >= 3, 10, "rows in the file")
            os.kill(g.pids()["memory"][0], signal.SIGKILL)
            assert g.send(mail(PATIENT, DOCTOR, number=20), PATIENT, DOCTOR)[0] == 250
            wait_until(lambda: "IP_REPUTATION_BLACK" in symbols(g, PATIENT, DOCTOR, number=21), 20, "what it knew")
            with open(os.path.join(folder, "mail"), "wb") as f:
                f.write(mail(THIEF, DOCTOR, number=30))
            judged = g.cli("scan", "--json", "--memory", os.path.join(g.state, "memory"), "--ip", "127.0.0.1",
                           *g.arguments(), os.path.join(folder, "mail"))
            assert "IP_REPUTATION_" in judged.stdout, judged.stdout + judged.stderr

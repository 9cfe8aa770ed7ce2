"""Strangers with doubtful mail are asked to come back; who of ours sends too much is asked to slow down."""
import json
import os
import re
import signal
import smtplib
import tempfile
import time

from gateway import Gateway, free_port, wait_until
from peers import RedisServer
from samples import headers

DELAY_S = 5
ZONE = {"inconnue.example": {"MX": [[10, "mx.inconnue.example"]]}, "autre.example": {"MX": [[10, "mx.inconnue.example"]]},
        "mx.inconnue.example": {"A": ["192.0.2.10"]}}
RULE = """  TEST_{0}:
    group: test
    when: {{header: {{name: Subject, regex: '^{0}'}}}}
    score: {1}
    created: 2026-11-22
    description: {{en: Of the test., fr: Du test.}}
    example: {0}
    near_miss: a {0}
"""


def mail(sender, subject, number=1):
    fields = re.sub("Message-ID: [^\r]*", f"Message-ID: <{number}@{sender.split('@')[1]}>",
                    headers(sender, subject, "", number % 60, "accueil@hopital.example"))
    return (fields + "Content-Type: text/plain\r\n\r\nUne ligne.\r\n").encode()


def overlay(folder):
    os.chmod(folder, 0o755)
    with open(os.path.join(folder, "90-test.yaml"), "w", encoding="utf-8") as f:
        f.write("symbols:\n" + RULE.format("DOUBT", 4) + RULE.format("PROMO", 8))
    with open(os.path.join(folder, "zone.json"), "w", encoding="utf-8") as f:
        json.dump(ZONE, f)
    for name, text in [("password", "poivre\n"), ("secret", "s" * 32 + "\n")]:
        with open(os.path.join(folder, name), "w", encoding="ascii") as f:
            f.write(text)
        os.chmod(f.name, 0o600)


def behind_proxy(**settings):
    """A gateway that believes 127.0.0.1 about who the client is."""
    port = free_port()
    return Gateway(port=port, listen__web=f"127.0.0.1:{free_port()}", listen__smtp=f"127.0.0.1:{port} xclient", smtp__trusted="127.0.0.0/8", **settings)


def say(g, client, data, sender, *recipients):
    """Sends as that client (attributes of XCLIENT); the reply, and what message.done says."""
    n = len(g.events("message.done"))
    with smtplib.SMTP("127.0.0.1", g.port, timeout=20) as s:
        s.ehlo()
        assert s.docmd("XCLIENT", client)[0] == 220
        s.ehlo("client.example")
        s.mail(sender)
        for r in recipients or ["accueil@hopital.example"]:
            assert s.rcpt(r)[0] == 250
        code, text = s.data(data)
    done = wait_until(lambda: g.events("message.done")[n:], 20, "the verdict")[0]
    symbols = {name.split("=")[0].removeprefix("GREYLIST_") for name in done["symbols"].split()}
    return code, text.decode(), dict(done, symbols=symbols)


def metrics(g):
    return g.cli("metrics", "--prometheus", *g.arguments(), check=0).stdout


def test_strangers_with_doubtful_mail_come_back_to_any_of_our_gateways():
    stranger, other = "marie@inconnue.example", "paul@autre.example"
    doubt = mail(stranger, "DOUBT")
    with tempfile.TemporaryDirectory() as folder, RedisServer("poivre") as redis:
        overlay(folder)
        settings = {"memory__password_file": f"{folder}/password", "memory__secret_file": f"{folder}/secret",
                    "paths__overlay": folder, "dns__file": f"{folder}/zone.json",
                    "memory__shared": f"tcp:127.0.0.1:{redis.port}",
                    "greylist__enabled": "true", "greylist__delay": f"{DELAY_S}s"}
        with behind_proxy(**settings) as one, behind_proxy(**settings) as two:
            one.wait_event("memory.shared")
            two.wait_event("memory.shared")
            began = time.monotonic()
            both = ["accueil@hopital.example", "labo@hopital.example"]
            code, text, done = say(one, "ADDR=192.0.2.10", doubt, stranger, *both)
            assert (code, text[:5]) == (451, "4.7.1") and "try again" in text, text
            assert done["action"] == "greylist" and "NEW" in done["symbols"], done
            told = one.cli("explain", done["mid"], "--lang", "fr", *one.arguments()).stdout
            assert "prié de revenir plus tard" in told and "inconnu ici" in told, told
            # Who comes at once has no queue. Other mail does not wait: what is clean, what is held anyway.
            assert "EARLY" in say(two, "ADDR=192.0.2.10", doubt, stranger)[2]["symbols"]
            assert time.monotonic() - began < DELAY_S, "the machine is too slow for this test"
            assert say(one, "ADDR=192.0.2.10", mail(stranger, "Bonjour", 2), stranger)[0] == 250
            assert say(one, "ADDR=192.0.2.10", mail(stranger, "PROMO", 3), stranger)[2]["action"] == "quarantine"
            time.sleep(max(0.0, began + DELAY_S + 1 - time.monotonic()))
            # Another server of that network, to the other gateway, for one of the recipients.
            code, text, done = say(two, "ADDR=192.0.2.77", doubt, stranger, both[1])
            assert code == 250 and "CAME_BACK" in done["symbols"], (text, done)
            code, text, done = say(one, "ADDR=192.0.2.77", mail(other, "DOUBT", 5), other)
            assert code == 250 and "KNOWN" in done["symbols"], (text, done)
            assert say(one, "ADDR=203.0.113.5", mail(other, "DOUBT", 6), other)[0] == 451
            assert 'scan_greylist_total{result="new"} 2\n' in metrics(one), metrics(one)
            # Without the server each has its own; with a memory that does not answer nobody waits.
            redis.stop()
            assert say(one, "ADDR=198.51.100.9", mail(other, "DOUBT", 7), other)[0] == 451
            memory = one.freeze("memory")[0]
            code, text, done = say(one, "ADDR=100.64.0.9", mail(other, "DOUBT", 8), other)
            assert code == 250 and "UNASKED" in done["symbols"], (text, done)
            os.kill(memory, signal.SIGCONT)


def test_who_logged_in_sends_so_many_and_no_more():
    limits = "sender 3/1m, sender:news@hopital.example unlimited, domain:labo.example 1/1m"
    with behind_proxy(role="out", out__clients="127.0.0.0/8,10.0.0.0/8", domains="hopital.example,labo.example",
                      delivery__next_hop="maildir", rates__limits=limits) as g:
        def send(login, sender, number):
            return say(g, f"ADDR=10.0.0.1 LOGIN={login}", mail(sender, "Bonjour", number), sender, "a@partner.example")

        for n in range(3):
            assert send("jdupont", f"autre{n}@hopital.example", n)[0] == 250
        code, text, done = send("jdupont", "encore@hopital.example", 4)
        assert (code, text[:5], done["action"]) == (451, "4.7.1", "defer"), (text, done)
        assert done["decision"] == "RATELIMITED" and "3 recipients in 60 seconds" in done["reasons"], done
        alert = g.wait_event("rate.exceeded")
        assert (alert["login"], alert["mid"], alert["ip"]) == ("jdupont", done["mid"], "10.0.0.1"), alert
        assert send("mmartin", "autre0@hopital.example", 5)[0] == 250
        for n in range(5):
            assert send("[UNAVAILABLE]", "news@hopital.example", 10 + n)[0] == 250
        assert send("a", "x@labo.example", 20)[0] == 250
        code, text, done = send("b", "y@labo.example", 21)
        assert code == 451 and "DYN_RL" in done["symbols"], (text, done)
        assert json.loads(g.cli("explain", done["mid"], "--json", *g.arguments()).stdout), "a row of the history"
        assert "scan_ratelimited_total 2\n" in metrics(g), metrics(g)

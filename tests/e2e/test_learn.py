"""The classifier: silent until it has learned enough of both kinds, then scan and gateway show what
it thinks; forgetting and damage bring the silence back."""
import json
import os
import random
import subprocess
import tempfile

from gateway import BUILD, Gateway, wait_until
from samples import samples

BROKEN = next(s for s in samples() if s.name == "broken-mime")
GOOD = "réunion service planning équipe chambre dossier patient jeudi matin salle compte rendu".split()
BAD = "gagnez argent rapide cliquez offre gratuite loterie million promotion limitée crédit casino".split()


def message(words, seed, sender):
    pick = random.Random(seed)
    text = " ".join(pick.choice(words) for _ in range(60))
    subject = " ".join(pick.choice(words) for _ in range(4))
    return (f"From: {sender} <{sender}{seed % 7}@partner.example>\r\nTo: accueil@hopital.example\r\n"
            f"Subject: {subject}\r\nDate: Sun, 22 Nov 2026 10:{seed % 60:02d}:00 +0100\r\n"
            f"Message-ID: <{seed}.{sender}@partner.example>\r\nMIME-Version: 1.0\r\n"
            f"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{text}\r\n").encode()


def write(folder, words, seeds, sender):
    os.makedirs(folder)
    for seed in seeds:
        with open(os.path.join(folder, f"{seed}.eml"), "wb") as f:
            f.write(message(words, seed, sender))
    return folder


def poterne(*arguments, user=None):
    here = os.getcwd()
    paths = [x for name, path in (("rules", f"{here}/rules"), ("lists", f"{here}/lists"),
                                  ("programs", os.path.abspath(f"{BUILD}/src"))) for x in ("--set", f"paths.{name}={path}")]
    return subprocess.run([f"{BUILD}/src/poterne", arguments[0], *paths, *arguments[1:]],
                          capture_output=True, text=True, user=user)


def scan(folder, path, *more):
    run = poterne("scan", "--json", "--state", os.path.join(folder, "state"), "--dns",
                  os.path.join(folder, "dns.json"), *more, path)
    return [json.loads(line) for line in run.stdout.splitlines()], run.stderr


def teach(folder, kind, *path):
    run = poterne("learn", kind, "--json", "--state", os.path.join(folder, "state"), *path)
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


def lessons(folder):
    with open(os.path.join(folder, "dns.json"), "w") as f:
        f.write("{}")
    return (write(os.path.join(folder, "ham"), GOOD, range(100), "secretariat"),
            write(os.path.join(folder, "spam"), BAD, range(200, 300), "promo"),
            write(os.path.join(folder, "new"), BAD, [900], "promo"))


def test_what_was_learned_shows_in_scan_and_can_be_forgotten():
    with tempfile.TemporaryDirectory() as folder:
        ham, spam, new = lessons(folder)
        assert teach(folder, "--ham", ham)["learned"] == 100
        assert scan(folder, new)[0][0]["spam_probability"] is None
        assert teach(folder, "--spam", spam) == {"learned": 100, "changed": 0, "known": 0, "failed": 0, "expired": 0,
                                                 "ham": 100, "spam": 100, "digests": 200}
        told = scan(folder, new)[0][0]
        assert told["spam_probability"] > 0.95 and told["spam_logit"] > 0, told
        assert "BAYES_SPAM" in [s["name"] for s in told["symbols"]], told["symbols"]
        good = write(os.path.join(folder, "good"), GOOD, [901], "secretariat")
        told = scan(folder, good)[0][0]
        assert told["spam_probability"] < 0.05 and "BAYES_HAM" in [s["name"] for s in told["symbols"]], told
        told = json.loads(poterne("learn", "--status", "--json", "--state", os.path.join(folder, "state")).stdout)
        assert told["ham"] == told["spam"] == 100 and told["state"] == "speaks" and told["wrong"] < 10, told
        assert told["keep_days"] == 365 and told["expired"] == 0, told
        if os.geteuid() == 0:  # who is not the operator teaches nothing
            os.chmod(folder, 0o755)
            run = poterne("learn", "--spam", "--state", os.path.join(folder, "state"), new, user="nobody")
            assert run.returncode == 3 and "Permission denied" in run.stderr, run.stderr
        assert teach(folder, "--spam", spam)["known"] == 100
        for wrong, said in ((folder, "nothing was learned there"), (os.path.join(folder, "above"), "/above/classifier")):
            os.makedirs(os.path.join(folder, "above", "classifier"), exist_ok=True)
            run = poterne("scan", "--state", wrong, new)
            assert run.returncode == 3 and said in run.stderr, run.stderr
        assert teach(folder, "--forget", spam)["spam"] == 0
        assert scan(folder, new)[0][0]["spam_logit"] is None


def nearly(seed):
    """The message of that seed, every twelfth of its words another."""
    head, body = message(BAD, seed, "promo").split(b"\r\n\r\n")
    words = body.split(b" ")
    words[::12] = [b"autre"] * len(words[::12])
    return head + b"\r\n\r\n" + b" ".join(words)


def fuzzy_of(told):
    return [s["name"] for s in told["symbols"] if "FUZZY" in s["name"] and s["name"].startswith("LOCAL")]


def test_a_nearly_equal_message_is_known_again_and_can_travel():
    with tempfile.TemporaryDirectory() as folder:
        spam, path = lessons(folder)[1], os.path.join(folder, "nearly.eml")
        with open(path, "wb") as f:
            f.write(nearly(200))
        teach(folder, "--spam", spam)
        assert fuzzy_of(scan(folder, path)[0][0]) == ["LOCAL_FUZZY_PROB"]
        assert fuzzy_of(scan(folder, os.path.join(folder, "new"))[0][0]) == []
        table, other = os.path.join(folder, "table"), os.path.join(folder, "other")
        assert poterne("learn", "--export", table, "--state", os.path.join(folder, "state")).returncode == 0
        assert poterne("learn", "--import", table, "--state", os.path.join(other, "state")).returncode == 3
        os.mkdir(other)
        run = poterne("learn", "--import", table, "--state", os.path.join(other, "state"))
        assert run.returncode == 0, run.stderr
        with open(os.path.join(other, "dns.json"), "w") as f:
            f.write("{}")
        assert [s["name"] for s in scan(other, path)[0][0]["symbols"] if "FUZZY" in s["name"]] == ["FUZZY_PROB"]
        assert poterne("learn", "--import", path, "--state", os.path.join(other, "state")).returncode == 3
        teach(folder, "--forget", spam)
        assert fuzzy_of(scan(folder, path)[0][0]) == []


def test_what_one_recipient_teaches_counts_for_his_mail_only():
    with tempfile.TemporaryDirectory() as folder:
        ham, spam, new = lessons(folder)
        teach(folder, "--ham", ham)
        teach(folder, "--spam", spam)
        before = scan(folder, new, "--rcpt", "paul@hopital.example")[0][0]["spam_logit"]
        wanted = write(os.path.join(folder, "wanted"), BAD, range(910, 922), "promo")
        assert teach(folder, "--ham", "--for", "Paul@hopital.example", wanted) == {
            "learned": 12, "changed": 0, "known": 0, "failed": 0, "recipients": 1, "lessons": 12}
        told = scan(folder, new, "--rcpt", "paul@HOPITAL.example")[0][0]
        assert before - 3.001 < told["spam_logit"] < before - 1, (before, told["spam_logit"])
        assert "TASTE_HAM" in [s["name"] for s in told["symbols"]], told["symbols"]
        assert scan(folder, new, "--rcpt", "anna@hopital.example")[0][0]["spam_logit"] == before
        run = poterne("learn", "--status", "--json", "--state", os.path.join(folder, "state"))
        assert json.loads(run.stdout)["recipients_heard"] == 1, run.stdout
        assert teach(folder, "--forget", "--for", "paul@hopital.example") == {"forgotten": 12}
        assert scan(folder, new, "--rcpt", "paul@hopital.example")[0][0]["spam_logit"] == before
        assert poterne("learn", "--ham", "--for", "paul", "--state", folder, wanted).returncode == 2


def test_a_damaged_model_is_silent_and_said():
    with tempfile.TemporaryDirectory() as folder:
        ham, spam, new = lessons(folder)
        teach(folder, "--ham", ham)
        teach(folder, "--spam", spam)
        with open(os.path.join(folder, "state", "model"), "r+b") as f:
            f.seek(100000)
            f.write(b"damage")
        told, errors = scan(folder, new)
        assert told[0]["spam_probability"] is None and "damaged" in errors, errors


def held(g):
    rows = g.cli("quarantine", "list", "--json", *g.arguments(), check=0).stdout.splitlines()
    return {row["subject"]: row["id"] for row in map(json.loads, rows)}


def test_a_running_gateway_judges_by_what_was_learned_and_learns_from_its_quarantine():
    with tempfile.TemporaryDirectory() as folder, Gateway(paths__site_lists=folder) as g:
        os.chmod(folder, 0o755)
        with open(os.path.join(folder, "spam-traps.txt"), "w") as f:
            f.write("piege@hopital.example\n")
        ham, spam, _ = lessons(folder)
        state = os.path.join(g.state, "classifier")
        for kind, path in (("--ham", ham), ("--spam", spam)):
            run = poterne("learn", kind, "--state", state, path)
            assert run.returncode == 0, run.stderr
        g.wait_event("classifier.loaded", ham=100, spam=100)
        g.wait_event("fuzzy.loaded", digests=200)
        g.send(message(BAD, 901, "promo"))
        done = g.wait_event("message.done")
        assert "BAYES_SPAM" in json.dumps(done), done
        assert g.send(BROKEN.data)[0] == 250
        assert g.send(message(BAD, 902, "promo"), recipient="piege@hopital.example")[0] == 250
        assert g.send(message(GOOD, 903, "secretariat"), recipient=["piege@hopital.example", "accueil@hopital.example"])[0] == 250
        wait_until(lambda: len(g.maildir()) == 3, 15, "what was not for the trap alone")
        caught, = [i for subject, i in held(g).items() if "cass" not in subject]
        broken, = [i for i in held(g).values() if i != caught]
        assert "learned: 1," in g.cli("learn", "--traps", *g.arguments(), check=0).stdout
        assert "known already: 1," in g.cli("learn", "--traps", *g.arguments(), check=0).stdout
        g.cli("quarantine", "release", "--learn-spam", *g.arguments(), broken, check=2)
        g.cli("quarantine", "release", "--learn-ham", *g.arguments(), "0" * 22, check=3)
        assert "learned: 1," in g.cli("quarantine", "release", "--learn-ham", *g.arguments(), broken, check=0).stdout
        wait_until(lambda: len(g.maildir()) == 4, 15, "the released message")
        told = json.loads(g.cli("learn", "--forget", "--id", "--json", *g.arguments(), caught, check=0).stdout)
        assert told["changed"] == 1 and (told["ham"], told["spam"]) == (101, 100), told
        g.cli("quarantine", "drop", "--learn-spam", *g.arguments(), caught, check=0)
        assert list(held(g).values()) == [broken]
        g.wait_event("classifier.loaded", ham=101, spam=101)
        g.send(nearly(200))
        assert "LOCAL_FUZZY_PROB" in json.dumps(g.wait_event("message.done")), "not known again"
        taste = write(os.path.join(folder, "taste"), GOOD, range(910, 920), "secretariat")
        g.cli("learn", "--spam", "--for", "Accueil@hopital.example", *g.arguments(), taste, check=0)
        g.wait_event("tastes.loaded", recipients=1, lessons=10)
        g.send(message(GOOD, 930, "secretariat"))
        assert "TASTE_SPAM" in json.dumps(g.wait_event("message.done")), "not heard"

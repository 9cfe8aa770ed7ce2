"""What messages were judged by is kept, so that other rules can be tried on past mail."""
import json
import os
import tempfile

from gateway import Gateway, wait_until
from samples import samples

STRICT = """thresholds: {tag: 0.5, quarantine: 1, reject: 1.5}
symbols:
  PROBE_SUBJECT: {when: {header: {name: Subject, regex: '.'}}, score: 4}
  PROBE_TEXT: {when: {body: {regex: 'bonjour'}}, score: 4}
"""


def replay(g, *arguments, check=0):
    lines = g.cli("replay", "--json", *g.arguments(), *arguments, check=check).stdout.splitlines()
    found = [json.loads(line) for line in lines]
    return found[:-1], found[-1]


def test_past_messages_are_judged_again_and_changes_are_shown_before_they_are_made():
    with tempfile.TemporaryDirectory() as folder, Gateway() as g:
        with open(os.path.join(folder, "strict.yaml"), "w", encoding="utf-8") as f:
            f.write(STRICT)
        mails = samples()
        for m in mails:
            g.send(m.data, m.sender, m.recipient)
        verdicts = {e["mid"]: e for e in g.events("message.done")}
        changed, sums = replay(g)
        assert sums["messages"] == len(mails) == len(verdicts), sums
        assert not changed and sums["not_as_kept"] == 0 == sums["older_patterns"], sums
        changed, sums = replay(g, "--candidate", folder, "--symbols", check=1)
        assert sums["messages"] == len(mails) and len(changed) == sums["treated_otherwise"] > 0, sums
        assert "PROBE_TEXT" in sums["not_replayed"] and "PROBE_SUBJECT" not in sums["not_replayed"], sums
        for c in changed:
            assert c["before"]["action"] == verdicts[c["message"]]["intended"], c
            assert any(s["name"] == "PROBE_SUBJECT" and not s["before"] for s in c["symbols"]), c
        assert len(g.events("message.done")) == len(mails)
        # Elsewhere, without the gateway.
        exported = os.path.join(folder, "kept")
        replay(g, "--export", exported)
        g.stop()
        assert replay(g, "--facts", exported)[1]["messages"] == len(mails)
        # Of files nothing is kept that could be written.
        assert "usage" in g.cli("replay", "--messages", "--export", exported, folder, check=2).stderr


def rules(g, *arguments, check=0):
    return g.cli("rules", *g.arguments(), *arguments, check=check).stdout


def test_a_rule_weighs_more_only_after_a_replay_of_that_and_a_running_gateway_notices():
    sample = {s.name: s for s in samples()}["suspicious"]
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        with Gateway(paths__overlay=folder) as g:
            def send():
                g.send(sample.data, sample.sender, sample.recipient)
                return g.events("message.done")[-1]
            before = send()
            name = max((s for s in before["symbols"].split() if not s.endswith("=0.00")),
                       key=lambda s: float(s.split("=")[1])).split("=")[0]
            rules(g, "score", name, "900", check=1)
            changed, sums = replay(g, "--change", f"{name}=900", check=1)
            assert [c["message"] for c in changed] == [before["mid"]] and changed[0]["after"]["action"] == "reject"
            rules(g, "score", name, "899", "--replay", sums["replay_id"], check=1)
            assert not os.path.exists(os.path.join(folder, "zz-changes.yaml"))
            rules(g, "score", name, "900", "--replay", sums["replay_id"], "--why", "ticket 9")
            wait_until(lambda: send()["action"] == "reject", 25, "the new score")
            rules(g, "disable", name)
            assert json.loads(rules(g, name, "--json"))["disabled"]
            trail = [json.loads(line) for line in rules(g, "audit").splitlines()]
            assert [t["action"] for t in trail] == ["score", "disable"] and trail[0]["why"] == "ticket 9"
            report = rules(g, "report", name, "--message", before["mid"])
            assert json.loads(report)["rule"]["name"] == name and json.loads(report)["message"]["score"] > 0, report
            path = os.path.join(folder, "message.eml")
            with open(path, "wb") as f:
                f.write(sample.data)
            anew = rules(g, "report", name, "--file", path)
            assert json.loads(anew)["sample"]["text"] and "matches" not in json.loads(anew), anew
            seen = json.loads(rules(g, "report", "PHRASE_LOTTERY", "--file", path, "--with-match"))["matches"]
            assert seen[0]["seen"].lower() == "vous avez gagné un", seen
            for private in (before["mid"], "claire", "partner.example", "hopital.example"):
                assert private not in report.lower() and private not in anew.lower(), (report, anew)

"""What messages were judged by is kept, so that other rules can be tried on past mail."""
import json
import os
import tempfile

from gateway import Gateway
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

"""Rules that are tried on live mail: told, never done."""
import json
import os
import tempfile

from gateway import Gateway, wait_until
from samples import samples

TRIED = """symbols:
  PROBE_TEXT: {when: {body: {regex: 'bonjour'}}, score: %d}
  PROBE_PROGRAM: {when: {lua: 'return true'}, score: 900}
"""


def test_a_candidate_judges_live_mail_and_changes_no_verdict():
    mails = samples()
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        path = os.path.join(folder, "try.yaml")

        def write(text):
            with open(path, "w", encoding="utf-8") as f:
                f.write(text)
            os.chmod(path, 0o644)

        write(TRIED % 20)
        with Gateway(paths__candidate=folder) as g:
            def live(check=None):
                lines = g.cli("replay", "--live", "--json", *g.arguments(), check=check).stdout.splitlines()
                found = [json.loads(line) for line in lines]
                return {m["message"]: m for m in found[:-1]}, found[-1]

            def metrics():
                out = g.cli("metrics", "--json", "--set", f"paths.state={g.state}", check=0).stdout.splitlines()
                rows = {row["metric"]: row for row in map(json.loads, out)}
                return rows["poterne_scan_candidate_total"]["result"], rows["poterne_scan_candidate_broken"]["value"]

            def in_use(event):
                """What it tells of holds for mail from the next reload.rules on."""
                names = [e["event"] for e in g.events()]
                last = max((i for i, name in enumerate(names) if name == event), default=len(names))
                return "reload.rules" in names[last:]

            loaded = g.wait_event("candidate.loaded")
            assert loaded["patterns"] == 1 and g.events("candidate.not_run")[0]["symbol"] == "PROBE_PROGRAM", loaded
            answers = [g.send(m.data, m.sender, m.recipient)[0] for m in mails]
            done = {e["mid"]: e for e in g.events("message.done")}
            assert len(done) == len(mails) and not any("PROBE" in e["symbols"] for e in done.values())
            last = list(done)[-1]
            wait_until(lambda: live()[1]["messages"] == len(mails), 20, f"{last} to be kept")

            # What the log says is what the report says.
            told = {e["mid"]: e for e in g.events("candidate.differs")}
            changed, sums = live(1)
            assert told and set(told) == set(changed) and len(told) < len(mails), (told, changed)
            assert sums["not_as_kept"] == 0 == sums["not_tried"] and sums["not_replayed"] == ["PROBE_PROGRAM"], sums
            for mid, e in told.items():
                assert e["action"] == done[mid]["intended"] == changed[mid]["before"]["action"], e
                assert e["score"] == done[mid]["score"] and "+PROBE_TEXT=20.00" in e["symbols"].split(), e
                assert e["candidate_action"] == changed[mid]["after"]["action"], (e, changed[mid])
                assert e["candidate_score"] == changed[mid]["after"]["score"] == e["score"] + 20, (e, changed[mid])
            same = len(mails) - len(told)
            assert metrics() == ({"same": same, "otherwise": len(told), "not_judged": 0}, 0), metrics()

            # Another weight is tried on what came before, too: its patterns are the same.
            write(TRIED % 1)
            assert live(0)[1]["messages"] == len(mails) and live(0)[1]["replay_id"] != sums["replay_id"]

            # A broken one is told with its place, and mail goes on as before.
            write("symbols:\n  PROBE_TEXT: {when: {body: {rgex: 'x'}}}\n")
            refused = g.wait_event("candidate.refused", 25)
            assert f"{path}:2:" in refused["why"] and "regex" in refused["why"], refused
            wait_until(lambda: in_use("candidate.refused"), 20, "the broken candidate to be left out")
            assert [g.send(m.data, m.sender, m.recipient)[0] for m in mails] == answers
            assert metrics()[1] == 1 and len(g.events("candidate.differs")) == len(told)
            assert "PROBE" not in json.dumps(g.events("message.done"))
            checked = g.cli("check-config", *g.arguments(), check=0)
            assert "candidate" in checked.stderr and f"{path}:2:" in checked.stderr, checked.stderr

            # New patterns: only what came since is known by them.
            last_loaded = g.events("candidate.loaded")[-1]
            write(TRIED.replace("bonjour", "cordialement") % 20)
            wait_until(lambda: g.events("candidate.loaded")[-1] != last_loaded, 25, "the candidate to be read again")
            wait_until(lambda: in_use("candidate.loaded"), 20, "the new candidate to be in use")
            g.send(mails[0].data, mails[0].sender, mails[0].recipient)
            wait_until(lambda: live()[1]["messages"] == 1, 20, "the message to be kept")
            assert live(1)[1]["not_tried"] == 2 * len(mails), live(1)[1]

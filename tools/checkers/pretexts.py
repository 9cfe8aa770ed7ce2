#!/usr/bin/env python3
"""tools/checkers/pretexts.py BUILD [-v] - the stories of fraud, and honest mail about the same things.

Judges the messages of tests/pretexts by the rules as shipped: twice each, from a domain that SPF
confirms and from one that says nothing. Fraud has to meet the actions that stand beside it and to
raise the symbols named, honest mail has to pass. -v shows what weighed on each.
"""
import json
import os
import sys
import tempfile

import yaml

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import coverage  # noqa: E402

ACTIONS = ["accept", "tag", "quarantine", "reject"]
CLIENT = "192.0.2.25"
READER = "jeanne.petit@hopital.example"


def domain_of(message):
    return message["from"].rpartition("@")[2].rstrip(">")


def zone_of(messages, confirmed):
    zone = {"mail.sender.example": {"A": [CLIENT]}, "25.2.0.192.in-addr.arpa": {"PTR": ["mail.sender.example"]}}
    for m in messages:
        records = {"A": [CLIENT], "MX": [[10, "mail.sender.example"]]}
        if confirmed and '.' in domain_of(m):
            records["TXT"] = [f"v=spf1 ip4:{CLIENT} -all"]
        zone[domain_of(m)] = records
    return zone


def text_of(m, number):
    head = {
        "Return-Path": f"<x@{domain_of(m)}>",
        "Received": f"from unknown ([{CLIENT}] helo=mail.sender.example)\n\tby mx.gateway.example with ESMTPS; "
                    "Sun, 22 Nov 2026 10:00:00 +0000",
        "From": m["from"], "To": READER, "Subject": m["subject"], "Date": "Sun, 22 Nov 2026 09:59:00 +0000",
        "Message-ID": f"<p{number}@{domain_of(m)}>", "MIME-Version": "1.0",
        "Content-Type": f"text/{'html' if 'page' in m else 'plain'}; charset=utf-8",
        "Content-Transfer-Encoding": "8bit",
    }
    if "reply_to" in m:
        head["Reply-To"] = m["reply_to"]
    body = f"<p>{m['page']}</p>\n<p><a href=\"{m['link']}\">Lien</a></p>" if "page" in m else m["text"]
    return "".join(f"{name}: {value}\n" for name, value in head.items()) + f"\n{body}\n"


def judged(poterne, messages, confirmed):
    """The verdicts, in order."""
    with tempfile.TemporaryDirectory() as folder:
        mails, zone = os.path.join(folder, "mails"), os.path.join(folder, "zone.json")
        os.mkdir(mails)
        with open(zone, "w", encoding="utf-8") as f:
            json.dump(zone_of(messages, confirmed), f)
        for i, m in enumerate(messages):
            with open(os.path.join(mails, f"{i:04}.eml"), "w", encoding="utf-8", newline="") as f:
                f.write(text_of(m, i).replace("\n", "\r\n"))
        answers = poterne.lines("scan", "--set", "domains=hopital.example", "--dns", zone, "--at", coverage.AT,
                                "--rcpt", READER, mails)
    return [a for _, a in sorted((os.path.basename(a["file"]), a) for a in answers)]


def is_right(kind, m, confirmed, action):
    at = ACTIONS.index(action) if action in ACTIONS else 0
    if kind == "fraud":
        return at >= ACTIONS.index(m["confirmed" if confirmed else "unconfirmed"])
    return action == "accept" or (action == "tag" and not confirmed)


def main():
    if len(sys.argv) not in (2, 3) or sys.argv[2:] not in ([], ["-v"]):
        sys.exit(__doc__)
    poterne, wrong, total = coverage.Poterne(sys.argv[1]), 0, 0
    for kind in ("fraud", "honest"):
        with open(os.path.join(coverage.TOP, "tests", "pretexts", f"{kind}.yaml"), encoding="utf-8") as f:
            messages = yaml.safe_load(f)
        for confirmed in (True, False):
            verdicts = judged(poterne, messages, confirmed)
            for m, v in zip(messages, verdicts, strict=True):
                raised = {s["name"] for s in v["symbols"]}
                right = is_right(kind, m, confirmed, v["action"]) and raised >= set(m.get("raises", []))
                total += 1
                wrong += not right
                if right and len(sys.argv) < 3:
                    continue
                weights = {s["name"]: s["score"] for s in v["symbols"] if s["score"]}
                print(f"{'ok' if right else 'WRONG'} {kind}, {'confirmed' if confirmed else 'unconfirmed'}: {m['name']}: "
                      f"{v['action']} {v['score']} {v['decision'] or ''} {weights}")
    print(f"{total - wrong} of {total} pretexts as expected")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()

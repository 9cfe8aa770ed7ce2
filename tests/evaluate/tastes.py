#!/usr/bin/env python3
"""Measures what single recipients teach: tests/evaluate/tastes.py SHARED BUILD

An organisation learns train/ of spamassassin-public without its newsletters (hard ham). One recipient
then teaches some of them as wanted, another the same ones as spam; dev/ is judged for each. Then two
who teach nonsense: ordinary wanted mail as spam, and spam as wanted. What is wrong: newsletters on the
wrong side of 0 for who asked; of other mail what is called the opposite (95 per cent). POTERNE_CORPORA
names a folder where the archives are unpacked already.
"""
import json
import os
import subprocess
import sys
import tempfile

import classifier

LESSONS = (5, 20, 50)
EVERY = 4  # of other mail


def files(*folders):
    return [os.path.join(f, name) for f in folders for name in sorted(os.listdir(f))]


def ask(build, state, dns, recipient, paths):
    """Logit of each, None where it is silent."""
    lines = classifier.poterne(build, "scan", "--json", "--state", state, "--dns", dns, "--rcpt", recipient,
                               *paths).splitlines()
    return [json.loads(line)["spam_logit"] for line in lines]


def wrong_side(logits, wanted):
    return sum(x is None or (x >= 0 if wanted else x <= 0) for x in logits)


def called(logits, spam):
    """As what it is not: 2.944 is 95 per cent."""
    return sum(x is not None and (x >= 2.944 if spam else x <= -2.944) for x in logits)


class Site:
    def __init__(self, shared, build, work, unpacked):
        self.build, self.state, self.dns = build, os.path.join(work, "state"), os.path.join(work, "dns.json")
        mail = os.path.join(work, "mail")
        with open(self.dns, "w") as f:
            f.write("{}")
        subprocess.run([sys.executable, "-B", os.path.join(shared, "bench", "spam-peers", "strip.py"),
                        os.path.join(unpacked, "spamassassin-public"), mail,
                        os.path.join(shared, "corpora", "leak-headers.txt")], check=True, stderr=subprocess.DEVNULL)
        parts = {p: {k: {g: os.path.join(mail, p, k, g) for g in os.listdir(os.path.join(mail, p, k))}
                     for k in ("ham", "spam")} for p in ("train", "dev")}
        self.newsletters = {p: files(parts[p]["ham"].pop("hard-ham-1")) for p in parts}
        self.others = {p: {k: files(*sorted(parts[p][k].values())) for k in parts[p]} for p in parts}
        for kind, folders in parts["train"].items():
            classifier.poterne(build, "learn", f"--{kind}", "--state", self.state, *sorted(folders.values()))

    def teach(self, recipient, kind, paths):
        classifier.poterne(self.build, "learn", f"--{kind}", "--for", recipient, "--state", self.state, *paths)

    def judge(self, recipient):
        dev = self.others["dev"]
        groups = [self.newsletters["dev"], dev["ham"][::EVERY], dev["spam"][::EVERY]]
        logits = ask(self.build, self.state, self.dns, recipient, [p for g in groups for p in g])
        ends = [sum(len(g) for g in groups[:n]) for n in range(4)]
        return [logits[a:b] for a, b in zip(ends, ends[1:])]


def show(site, who, wanted, before, n):
    now = site.judge(who)
    text = [f"newsletters on the wrong side {wrong_side(x[0], wanted)} of {len(x[0])}, called "
            f"{'spam' if wanted else 'wanted'} {called(x[0], wanted)}, others: ham called spam {called(x[1], True)} of "
            f"{len(x[1])}, wanted {called(x[1], False)}, spam called wanted {called(x[2], False)} of {len(x[2])}, spam "
            f"{called(x[2], True)}" for x in (before, now)]
    print(f"{who.split('@')[0]}, {n} lessons\n  before: {text[0]}\n  after:  {text[1]}", flush=True)


def main():
    shared, build = os.path.abspath(sys.argv[1]), sys.argv[2]
    with tempfile.TemporaryDirectory() as work:
        unpacked = os.environ.get("POTERNE_CORPORA", work)
        if not os.path.isdir(os.path.join(unpacked, "spamassassin-public")):
            subprocess.run(["tar", "-xJf", os.path.join(shared, "corpora", "spamassassin-public.tar.xz"), "-C", work],
                           check=True)
        site = Site(shared, build, work, unpacked)
        before = site.judge("nobody@hopital.example")
        for n in LESSONS:
            # A step of 7, so that they are not of one day.
            lessons = [site.newsletters["train"][i * 7 % len(site.newsletters["train"])] for i in range(n)]
            for who, kind in (("wants-them", "ham"), ("hates-them", "spam")):
                site.teach(f"{who}@hopital.example", kind, lessons)
                show(site, f"{who}@hopital.example", kind == "ham", before, n)
        most = LESSONS[-1]
        for who, taught, kind in (("calls-all-spam", "ham", "spam"), ("calls-all-wanted", "spam", "ham")):
            step = len(site.others["train"][taught]) // most
            site.teach(f"{who}@hopital.example", kind, site.others["train"][taught][::step][:most])
            show(site, f"{who}@hopital.example", kind == "ham", before, most)


if __name__ == "__main__":
    main()

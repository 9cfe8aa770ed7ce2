#!/usr/bin/env python3
"""Measures what rules cost a message: tests/evaluate/rulecost.py SHARED BUILD

Judges dev/ of spamassassin-public by the shipped rules, then with made-up rules added until there are
1000 and 10 000 of them: phrases in text and subject, words of fields, links, file names, and
expressions over such symbols. One message at a time, no network, every name of the DNS unknown. CPU is
user and system time of all processes, that of starting taken off: three passes less one. What follows
when the facts are in hand - evidence, lists, verdict - is the wall time that each message tells.
POTERNE_CORPORA names a folder where the archives are unpacked already.
"""
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile

import classifier

SOURCE = "spamassassin-public"
HOW_MANY = (1000, 10000)
PASSES = 3
PER_FILE = 2000  # symbols; a file has a limit in bytes


def words(dice):
    return ["".join(dice.choice("bcdfglmnprstv") + dice.choice("aeiou") for _ in range(dice.randint(2, 4)))
            for _ in range(3000)]


def phrase(dice, known):
    a, b, c, d = (dice.choice(known) for _ in range(4))
    return rf"\b{a} ({b}|{c}).{{0,20}}{d}"


def condition(dice, known, earlier):
    kind = dice.random()
    if kind < 0.1 and len(earlier) > 3:
        a, b, c = dice.sample(earlier, 3)
        return f"{{expr: '{a} & ({b} | !{c})'}}"
    if kind < 0.5:
        return f"{{words: {{regex: '{phrase(dice, known)}'}}}}"
    if kind < 0.65:
        return f"{{body: {{regex: '{phrase(dice, known)}'}}}}"
    if kind < 0.8:
        return f"{{header: {{name: subject, regex: '{phrase(dice, known)}'}}}}"
    if kind < 0.95:
        return rf"{{url: {{regex: '{dice.choice(known)}{dice.choice(known)}\.(example|test)/{dice.choice(known)}'}}}}"
    return rf"{{filename: {{regex: '^{dice.choice(known)}_{dice.choice(known)}\.(exe|js)$'}}}}"


def write_rules(folder, n):
    dice = random.Random(n)
    known, earlier = words(dice), []
    for start in range(0, n, PER_FILE):
        with open(os.path.join(folder, f"made-up-{start:05}.yaml"), "w", encoding="utf-8") as f:
            f.write("symbols:\n")
            for number in range(start, min(start + PER_FILE, n)):
                name = f"MADE_UP_{number}"
                f.write(f"  {name}:\n    group: made_up\n    when: {condition(dice, known, earlier)}\n    score: 0.1\n"
                        "    created: 2026-11-22\n    description: {en: A rule., fr: Une règle.}\n")
                earlier.append(name)


def poterne(build, command, compiled, overlay, *arguments):
    """The CPU that it used, and what it said."""
    sets = {"paths.rules": f"{classifier.TOP}/rules", "paths.lists": f"{classifier.TOP}/lists",
            "paths.programs": os.path.join(os.path.abspath(build), "src"), "paths.compiled": compiled}
    if overlay:
        sets["paths.overlay"] = overlay
    before = classifier.cpu()
    said = subprocess.run([os.path.join(build, "src", "poterne"), command,
                           *(x for k, v in sets.items() for x in ("--set", f"{k}={v}")), *arguments],
                          stdout=subprocess.PIPE, text=True).stdout
    return classifier.cpu() - before, said


def symbols(build, compiled, overlay):
    return len(poterne(build, "rules", compiled, overlay, "--json")[1].splitlines())


def measure(build, folder, compiled, dns, overlay):
    def scan(passes):
        return poterne(build, "scan", compiled, overlay, "--json", "--jobs", "1", "--dns", dns, *[folder] * passes)
    compiling = scan(1)[0]
    starting, _ = scan(1)
    all_of_it, said = scan(PASSES)
    times = [json.loads(line)["time_us"] for line in said.splitlines()]
    after = sorted(t["total"] - t["inspect"] for t in times)
    each = 1e6 * (all_of_it - starting) / (len(times) * (PASSES - 1) / PASSES)
    worker = statistics.median(t["worker"] for t in times)
    print(f"{symbols(build, compiled, overlay):6} rules: {each:6.0f} us CPU a message in all processes; p50 of the worker "
          f"{worker:.0f} us, with facts in hand p50 {after[len(after) // 2]} us, p99 {after[len(after) * 99 // 100]} us "
          f"(bar 200); compiling once {max(0, compiling - starting):.1f} CPU-s", flush=True)
    return each


def main():
    shared, build = (os.path.abspath(x) for x in sys.argv[1:3])
    with tempfile.TemporaryDirectory() as work:
        unpacked = os.environ.get("POTERNE_CORPORA", work)
        if not os.path.isdir(os.path.join(unpacked, SOURCE)):
            subprocess.run(["tar", "-xJf", os.path.join(shared, "corpora", SOURCE + ".tar.xz"), "-C", work], check=True)
        folder = os.path.join(unpacked, SOURCE, "dev")
        compiled, dns = os.path.join(work, "compiled"), os.path.join(work, "dns.json")
        os.mkdir(compiled)
        with open(dns, "w", encoding="utf-8") as f:
            json.dump({}, f)
        measure(build, folder, compiled, dns, None)
        shipped, figures = symbols(build, compiled, None), []
        for n in HOW_MANY:
            overlay = os.path.join(work, str(n))
            os.mkdir(overlay)
            write_rules(overlay, max(0, n - shipped))
            figures.append(measure(build, folder, compiled, dns, overlay))
        print(f"from {HOW_MANY[0]} to {HOW_MANY[-1]} rules a message costs x{figures[-1] / figures[0]:.2f} (bar 1.5)")


if __name__ == "__main__":
    main()

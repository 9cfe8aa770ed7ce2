#!/usr/bin/env python3
"""tests/evaluate/coverage.py SHARED BUILD - does docs/coverage.yaml have a row for every symbol and every
antispam row of SHARED/requirements, and what do the rows say? BUILD is not used: make check holds the
rows themselves true. Wildcards of the requirements stand for all rows that fit."""
import fnmatch
import os
import re
import sys

import yaml

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def required(shared):
    with open(os.path.join(shared, "requirements", "requirements.md"), encoding="utf-8") as f:
        text = f.read()
    annex = text[text.index("## Annex B"):text.index("## Annex C")]
    rows = text[text.index("## SPAM"):text.index("## TUNE")]
    return re.findall(r"^\| ([A-Z0-9_*]+) \|", annex, flags=re.M), re.findall(r"^\| (R-\d+) \|", rows, flags=re.M)


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    symbols, modules = required(sys.argv[1])
    with open(os.path.join(TOP, "docs", "coverage.yaml"), encoding="utf-8") as f:
        table = yaml.safe_load(f)
    without = [s for s in symbols if not fnmatch.filter(table["symbols"], s)]
    without += [m for m in modules if m not in table["modules"]]
    kinds = [next(iter(r)) if isinstance(r, dict) else "here" for r in table["symbols"].values()]
    states = [r["state"] for r in table["modules"].values()]
    print(f"{len(symbols)} symbols and {len(modules)} modules are asked for, {len(without)} have no row")
    print(f"symbols: {len(kinds)} rows, " + ", ".join(f"{kinds.count(k)} {k}" for k in ("here", "argued", "missing")))
    print("modules: " + ", ".join(f"{states.count(s)} {s}" for s in ("done", "partly", "not")))
    for name in without:
        print(f"  no row: {name}")


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Runs the public records that ask for TLS reports: tests/evaluate/tlsrpt.py SHARED BUILD

SHARED holds suites/auth/tlsrpt-mox; BUILD is a meson build directory. Prints each unexpected
answer and "N passed, N failed".
"""
import json
import os
import re
import sys
import tempfile

from reports_out import ask, build_answers


def main():
    shared, build = sys.argv[1:3]
    with open(os.path.join(shared, "suites", "auth", "tlsrpt-mox", "records.json"), encoding="utf-8") as f:
        cases = json.load(f)
    with tempfile.TemporaryDirectory() as folder:
        answers = ask(build_answers(build, folder), [{"txt": c["record"]} for c in cases])
    failed = 0
    for case, answer in zip(cases, answers):
        wanted = re.findall(r'"((?:mailto|https):[^"]*)"', case.get("want", ""))
        if answer != {"valid": case["valid"], "uris": wanted}:
            failed += 1
            print("  %s: %r: %s" % (case["id"], case["record"], answer))
    print("%d passed, %d failed" % (len(cases) - failed, failed))
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()

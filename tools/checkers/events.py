#!/usr/bin/env python3
"""Every event that the code logs stands in docs/formats/log-events.md with its fields, and
nothing stands there that the code does not log."""
import os
import re

from common import finish, sources


def logged(tree):
    events = {}
    for path, text in sources(tree, ".c"):
        if path.endswith(("_test.c", "_fuzz.c")):
            continue
        for m in re.finditer(r'log_event\(\s*"([a-z._]+)"(.*?)\);', text, flags=re.S):
            fields = re.findall(r'F_\w+\("(\w+)"', m.group(2))
            events.setdefault(m.group(1), set()).update(fields)
    return events


def documented(tree):
    events = {}
    path = os.path.join(tree, "docs", "formats", "log-events.md")
    if not os.path.exists(path):
        return events
    with open(path, encoding="utf-8") as f:
        for m in re.finditer(r"^\| `([a-z._]+)` \| ([^|]*) \|", f.read(), flags=re.M):
            events[m.group(1)] = set(re.findall(r"`(\w+)`", m.group(2)))
    return events


def check(tree):
    code, docs, complaints = logged(tree), documented(tree), []
    for name in sorted(code.keys() | docs.keys()):
        if code.get(name) != docs.get(name):
            complaints.append(f"docs/formats/log-events.md: event {name}: the code logs "
                              f"{sorted(code.get(name, []))}, the document says {sorted(docs.get(name, []))}")
    return complaints


if __name__ == "__main__":
    finish(check)

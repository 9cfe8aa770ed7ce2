#!/usr/bin/env python3
"""Every event that the code logs stands in docs/formats/log-events.md with its fields, and
nothing stands there that the code does not log. What is exported of messages has a place in the
template for Elasticsearch and the table for ClickHouse, and nothing else has."""
import json
import os
import re

from common import finish, sources


def logged(tree):
    events = {}
    for path, text in sources(tree, ".c"):
        if path.endswith(("_test.c", "_fuzz.c")):
            continue
        for m in re.finditer(r'log_event(?:_told\(\s*&?\w+,|\()\s*"([a-z._]+)"(.*?)\);', text, flags=re.S):
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


# On every line, see the document.
ALWAYS = {"time", "process", "pid", "event", "cut"}


def read(tree, name):
    path = os.path.join(tree, "docs", "formats", name)
    if not os.path.exists(path):
        return None
    with open(path, encoding="utf-8") as f:
        return f.read()


def places(tree):
    """Name of a file: the fields of a message that it has a place for."""
    found = {}
    template, table = read(tree, "elasticsearch.json"), read(tree, "clickhouse.sql")
    if template is not None:
        found["elasticsearch.json"] = set(json.loads(template)["template"]["mappings"]["properties"])
    if table is not None:
        found["clickhouse.sql"] = set(re.findall(r"^    `(\w+)` ", table, flags=re.M))
    return found


def check(tree):
    code, docs, complaints = logged(tree), documented(tree), []
    for name in sorted(code.keys() | docs.keys()):
        if code.get(name) != docs.get(name):
            complaints.append(f"docs/formats/log-events.md: event {name}: the code logs "
                              f"{sorted(code.get(name, []))}, the document says {sorted(docs.get(name, []))}")
    for name, fields in places(tree).items():
        wrong = fields ^ (docs.get("message.done", set()) | ALWAYS)
        if wrong:
            complaints.append(f"docs/formats/{name}: not as event message.done: {sorted(wrong)}")
    return complaints


if __name__ == "__main__":
    finish(check)

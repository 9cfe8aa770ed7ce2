#!/usr/bin/env python3
"""docs/formats/metrics.md has the rows of src/sys/metrics.def, in its order: name, type,
process, labels and words. With --write it puts them there."""
import os
import re
import sys

from common import TOP, finish

TYPES = {"COUNTER": "counter", "LEVEL": "gauge", "READING": "gauge", "HISTOGRAM": "histogram"}
UNITS = {"SECONDS": "_seconds", "BYTES": "_bytes", "COUNT": ""}
ROW = r'(COUNTER|LEVEL|READING)\((\w+), (\w+), "(\w*)", (\w+), "([^"]*)"\)|(HISTOGRAM)\((\w+), (\w+), (\w+), "([^"]*)"\)'


def read(path):
    if not os.path.exists(path):
        return ""
    with open(path, encoding="utf-8") as f:
        return f.read()


def table(tree):
    text = re.sub(r"\s*\\\n\s*", " ", read(os.path.join(tree, "src", "sys", "metrics.def")))
    values = {m.group(1): re.findall(r'"(\w[\w.]*)"', m.group(2))
              for m in re.finditer(r"#define (LABELS_\w+)\(VALUE, m\)(.*)", text)}
    rows = []
    for m in re.finditer(ROW, text):
        if m.group(7):
            name, process, kind, help_ = m.group(8) + UNITS[m.group(10)], m.group(9), "HISTOGRAM", m.group(11)
            labels = ""
        else:
            kind, name, process, label, choice, help_ = m.groups()[:6]
            name += "_total" if kind == "COUNTER" else ""
            labels = f"`{label}`: " + " ".join(f"`{v}`" for v in values[choice]) if label else ""
        rows.append(f"| `poterne_{name}` | {TYPES[kind]} | {process.lower()} | {labels} | {help_} |")
    return rows


def documented(tree):
    return re.findall(r"^\| `poterne_.*\|$", read(os.path.join(tree, "docs", "formats", "metrics.md")), flags=re.M)


def check(tree):
    rows, docs = table(tree), documented(tree)
    return [f"docs/formats/metrics.md: {what}: {row}; tools/checkers/metrics.py --write"
            for what, some, others in (("missing", rows, docs), ("not in metrics.def", docs, rows))
            for row in some if row not in others] or \
        (["docs/formats/metrics.md: another order than metrics.def"] if rows != docs else [])


def write(tree):
    path = os.path.join(tree, "docs", "formats", "metrics.md")
    kept = [line for line in read(path).split("\n") if not line.startswith("| `poterne_")]
    at = kept.index("|---|---|---|---|---|") + 1
    with open(path, "w", encoding="utf-8") as f:
        f.write("\n".join(kept[:at] + table(tree) + kept[at:]))


if __name__ == "__main__":
    if sys.argv[1:] == ["--write"]:
        write(TOP)
    finish(check)

#!/usr/bin/env python3
"""The tail of sizes: no function over 100 lines, no file over 800, no nesting over 5, no
line over 100 columns,
but those in tools/checkers/sizes.allow, each with its reason."""
import os
import re

from common import finish, functions, sources

MAX_FUNCTION, MAX_FILE, MAX_NESTING, MAX_COLUMNS = 100, 800, 5, 100


def allowed(tree):
    path = os.path.join(tree, "tools", "checkers", "sizes.allow")
    if not os.path.exists(path):
        return set()
    with open(path, encoding="utf-8") as f:
        return {line.split()[0] for line in f if line.strip() and not line.startswith("#")}


def nesting(body):
    depth = deepest = 0
    for c in body:
        depth += (c == "{") - (c == "}")
        deepest = max(deepest, depth)
    return deepest


def check(tree):
    complaints, skip = [], allowed(tree)
    for path, text in sources(tree, ".c", ".h"):
        lines = text.count("\n")
        if lines > MAX_FILE and path not in skip:
            complaints.append(f"{path}: {lines} lines, at most {MAX_FILE}: divide it")
        for number, line in enumerate(text.split("\n"), 1):
            if len(line.expandtabs(8)) > MAX_COLUMNS and path not in skip:
                complaints.append(f"{path}:{number}: more than {MAX_COLUMNS} columns: make format")
        for name, first, length, body in functions(text):
            if f"{path}:{name}" in skip:
                continue
            if length > MAX_FUNCTION:
                complaints.append(f"{path}:{first}: {name} has {length} lines, at most {MAX_FUNCTION}: divide it")
            if nesting(re.sub(r"= \{[^;]*\};", "", body)) > MAX_NESTING:
                complaints.append(f"{path}:{first}: {name} nests deeper than {MAX_NESTING}: divide it")
    return complaints


if __name__ == "__main__":
    finish(check)

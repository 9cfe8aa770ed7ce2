"""What the checkers share: where the sources are, and how a checker ends.

A checker is a function tree -> list of complaints ("file:line: what, and what to do").
It takes the tree as an argument so that its test can run it over one with a deliberate
violation. Run as a program it checks this repository and exits 1 when it complains.
"""
import os
import re
import sys

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def sources(tree, *endings):
    """(path relative to tree, text) of the C files under src, sorted."""
    found = []
    for folder, _, names in os.walk(os.path.join(tree, "src")):
        for name in names:
            if name.endswith(endings):
                path = os.path.join(folder, name)
                with open(path, encoding="utf-8") as f:
                    found.append((os.path.relpath(path, tree), f.read()))
    return sorted(found)


def floors(tree):
    """room -> (floor, place on the floor), from src/FLOORS."""
    table = {}
    with open(os.path.join(tree, "src", "FLOORS"), encoding="utf-8") as f:
        for line in f:
            number, *rooms = line.split()
            for place, room in enumerate(rooms):
                table[room] = (int(number), place)
    return table


def without_comments(text):
    """Comments and string literals become blanks; line numbers stay."""
    def blank(m):
        return re.sub(r"[^\n]", " ", m.group(0))
    return re.sub(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', blank, text, flags=re.S)


def functions(text):
    """(name, first line, lines, body) of each function defined in a C file."""
    lines = without_comments(text).split("\n")
    start = name = None
    for i, line in enumerate(lines):
        if line == "{" and start is None:
            start = i
            for back in range(i - 1, max(-1, i - 8), -1):
                m = re.match(r"^[a-zA-Z_].*?(\w+)\(", lines[back])
                if m:
                    name = m.group(1)
                    break
        elif line.startswith("}") and start is not None:
            if name and not line.startswith("};"):
                yield name, start + 1, i - start + 1, "\n".join(lines[start:i + 1])
            start = name = None


def finish(check):
    complaints = check(TOP)
    for c in complaints:
        print(c)
    sys.exit(1 if complaints else 0)

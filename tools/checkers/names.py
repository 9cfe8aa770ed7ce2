#!/usr/bin/env python3
"""File names are unique in the tree, and every function that other files can call begins
with the name of the file that defines it (x_private.h shares the name x with its room)."""
import os
import re

from common import finish, sources, without_comments

# A family or a split module: the file may also use this prefix. One line of reason each.
ALSO = {
    "str": ["STR"],
}


def prefixes(path):
    stem = os.path.basename(path)[:-2]
    found = [stem]
    while "_" in stem:  # conf_text.c may define conf_text_x and conf_x
        stem = stem.rsplit("_", 1)[0]
        found.append(stem)
    return found + ALSO.get(found[0], [])


def check(tree):
    complaints, seen = [], {}
    for path, text in sources(tree, ".c", ".h"):
        name = os.path.basename(path)
        if name in seen:
            complaints.append(f"{path}: a file of this name is also at {seen[name]}")
        seen[name] = path
        if not path.endswith(".c") or path.endswith(("_test.c", "_fuzz.c")) or path.startswith("src/bin/"):
            continue
        for m in re.finditer(r"^(?!static|typedef|extern)[a-zA-Z_][\w \t\*]*?\b(\w+)\([^;{]*?\)\s*\n\{",
                             without_comments(text), flags=re.M):
            function, line = m.group(1), text[:m.start()].count("\n") + 1
            if function.isupper() or any(function == p or function.startswith(p + "_") for p in prefixes(path)):
                continue
            complaints.append(f"{path}:{line}: {function} does not begin with {prefixes(path)[0]}_: "
                              "rename it, or move it to the file of its name")
    return complaints


if __name__ == "__main__":
    finish(check)

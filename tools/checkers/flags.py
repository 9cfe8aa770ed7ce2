#!/usr/bin/env python3
"""No two members of one enum of flags have the same bit: a merge of two additions can give it."""
import re

from common import finish, sources, without_comments


def check(tree):
    complaints = []
    for path, text in sources(tree, ".h", ".c"):
        plain = without_comments(text)
        for enum in re.finditer(r"\benum\b[^;{(]*\{([^}]*)\}", plain):
            owner = {}
            for m in re.finditer(r"(\w+)\s*=\s*1[uUlL]*\s*<<\s*(\d+)\s*(?=,|$)", enum.group(1).rstrip()):
                name, bit = m.groups()
                if "MAX" in name:  # a size
                    continue
                line = plain.count("\n", 0, enum.start(1) + m.start()) + 1
                if bit in owner:
                    complaints.append(f"{path}:{line}: {name} and {owner[bit]} are both bit {bit}: give one another")
                owner[bit] = name
    return complaints


if __name__ == "__main__":
    finish(check)

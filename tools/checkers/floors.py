#!/usr/bin/env python3
"""A room includes only rooms on lower floors, and rooms to its left on its own floor
(src/FLOORS); includes are spelled "room/file.h"; x_private.h stays inside its room."""
import re

from common import finish, floors, sources


def check(tree):
    table, complaints = floors(tree), []
    for path, text in sources(tree, ".c", ".h", ".def"):
        room = path.split("/")[1]
        if room not in table:
            complaints.append(f"{path}: room {room} is not in src/FLOORS")
            continue
        for number, line in enumerate(text.split("\n"), 1):
            m = re.match(r'\s*#\s*include\s+"([^"]+)"', line)
            if not m:
                continue
            parts = m.group(1).split("/")
            if len(parts) != 2 or parts[0] not in table:
                complaints.append(f'{path}:{number}: "{m.group(1)}" is not spelled "room/file.h"')
            elif parts[0] != room and table[parts[0]] >= table[room]:
                complaints.append(f"{path}:{number}: room {room} may not include room {parts[0]}, "
                                  "which is not below it or to its left in src/FLOORS")
            elif parts[0] != room and parts[1].endswith("_private.h"):
                complaints.append(f"{path}:{number}: {m.group(1)} is private to room {parts[0]}")
    return complaints


if __name__ == "__main__":
    finish(check)

#!/usr/bin/env python3
"""Waiting has few places: poll and epoll only where they belong, no sleep anywhere, no
malloc outside the rooms that own memory or wrap foreign libraries."""
import re

from common import finish, sources, without_comments

RULES = [
    (r"\bepoll_(wait|pwait|ctl|create1?)\s*\(", ("src/sys/lobby.c", "src/sys/lobby_"), "epoll only in sys/lobby"),
    (r"\bp?poll\s*\(", ("src/sys/stream.c", "src/super/super.c", "src/resolver/"),
     "poll only in sys/stream, super and the resolver: use stream_wait"),
    (r"\b(sleep|usleep|nanosleep)\s*\(", (), "no sleep: wait for what you wait for, under a deadline"),
    (r"\b(malloc|calloc|realloc)\s*\(",
     ("src/base/", "src/sys/", "src/tls/", "src/records/", "src/resolver/", "src/dns/dnscache.c",
      "src/scan/workers.c", "src/scan/intake.c", "src/inspect/patterns.c", "src/inspect/yarascan.c", "src/inspect/luarules.c",
      "src/spool/", "src/quarantine/",
      "src/relay/", "src/smtp/", "src/bin/", "src/ctl/"),
     "no malloc here: use the arena"),
]


def check(tree):
    complaints = []
    for path, text in sources(tree, ".c"):
        if path.endswith(("_test.c", "_fuzz.c")):
            continue
        code = without_comments(text)
        for pattern, places, advice in RULES:
            if path.startswith(places):
                continue
            for m in re.finditer(pattern, code):
                complaints.append(f"{path}:{code[:m.start()].count(chr(10)) + 1}: {m.group(0)}: {advice}")
    return complaints


if __name__ == "__main__":
    finish(check)

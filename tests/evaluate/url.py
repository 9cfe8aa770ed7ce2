#!/usr/bin/env python3
"""Runs the WHATWG URL data: tests/evaluate/url.py SHARED BUILD [--verbose]

SHARED holds suites/web/url/urltestdata.json; BUILD is a meson build directory. Prints one
line a scheme (that of the input, else of its base), each unexpected answer, and
"N passed, N failed".
"""
import collections
import json
import os
import re
import shlex
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
MEMBERS = ("href", "protocol", "username", "password", "hostname", "port", "pathname", "search", "hash")


def build_answers(build, folder):
    """Compiles url_answers.c against the room libraries of the build directory."""
    sources = os.path.join(HERE, "..", "..", "src")
    libs = [os.path.join(build, "src", "lib%s.a" % room) for room in ("url", "base")]
    subprocess.run(["ninja", "-C", build] + [os.path.relpath(lib, build) for lib in libs],
                   check=True, stdout=subprocess.DEVNULL)
    exe = os.path.join(folder, "url_answers")
    flags = shlex.split(subprocess.check_output(
        ["pkg-config", "--cflags", "--libs", "jansson", "libxxhash", "libpsl", "icu-uc", "icu-i18n"],
        text=True))
    options = subprocess.check_output(["meson", "introspect", build, "--buildoptions"], text=True)
    sanitize = [o["value"] for o in json.loads(options) if o["name"] == "b_sanitize"][0]
    if sanitize != "none":
        flags.append("-fsanitize=" + sanitize)
    subprocess.run(["cc", "-std=gnu17", "-D_GNU_SOURCE", "-I", sources,
                    os.path.join(HERE, "url_answers.c"), "-o", exe] + libs + flags + ["-lpthread"],
                   check=True)
    return exe


def scalar(text):
    """As a USVString: a lone surrogate is U+FFFD."""
    return None if text is None else re.sub("[\ud800-\udfff]", "\ufffd", text)


def scheme_of(test):
    for text in (test["input"], test["base"]):
        found = re.match(r"[\0- ]*([a-z][a-z0-9+.-]*):", re.sub("[\t\r\n]", "", text or ""), re.I)
        if found:
            return found.group(1).lower()
    return "none"


def main():
    shared, build = sys.argv[1], os.path.abspath(sys.argv[2])
    path = os.path.join(shared, "suites", "web", "url", "urltestdata.json")
    tests = [t for t in json.load(open(path)) if isinstance(t, dict)]
    questions = [{"input": scalar(t["input"]), "base": scalar(t["base"])} for t in tests]
    with tempfile.TemporaryDirectory() as folder:
        exe = build_answers(build, folder)
        out = subprocess.run([exe], input="".join(json.dumps(q) + "\n" for q in questions),
                             stdout=subprocess.PIPE, text=True, check=True).stdout
    counts = collections.defaultdict(lambda: [0, 0])
    for test, answer in zip(tests, map(json.loads, out.splitlines()), strict=True):
        if test.get("failure"):
            good = bool(answer.get("failure"))
        else:
            good = all(answer.get(m) == test[m] for m in MEMBERS)
        counts[scheme_of(test)][not good] += 1
        if not good:
            print("  FAILED  %r base %r: %s, expected %s"
                  % (test["input"], test["base"], answer.get("href", "failure"), test.get("href", "failure")))
    for scheme, (good, bad) in sorted(counts.items()):
        if bad or scheme in ("http", "https", "ftp", "mailto") or "--verbose" in sys.argv:
            print("%-12s %4d passed %3d failed" % (scheme, good, bad))
    passed, failed = (sum(c[i] for c in counts.values()) for i in (0, 1))
    print("%d passed, %d failed" % (passed, failed))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

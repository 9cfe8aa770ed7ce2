#!/usr/bin/env python3
"""Runs the public HTML tokenizer suite: tests/evaluate/html.py SHARED BUILD [--verbose]

SHARED holds suites/web/html5lib-tokenizer; BUILD is a meson build directory. Each test is run
once for each of its initial states. Prints one line a file, each unexpected answer, and
"N passed, N failed" at the end.
"""
import glob
import json
import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
STATES = {"Data state": 0, "RCDATA state": 1, "RAWTEXT state": 2, "Script data state": 3,
          "PLAINTEXT state": 4, "CDATA section state": 5}


def build_answers(build, folder):
    """Compiles html_answers.c against the room libraries of the build directory."""
    libs = [os.path.join(build, "src", "lib%s.a" % room) for room in ("html", "base")]
    subprocess.run(["ninja", "-C", build] + [os.path.relpath(lib, build) for lib in libs],
                   check=True, stdout=subprocess.DEVNULL)
    exe = os.path.join(folder, "html_answers")
    options = json.loads(subprocess.check_output(["meson", "introspect", build, "--buildoptions"], text=True))
    sanitize = [o["value"] for o in options if o["name"] == "b_sanitize"][0]
    flags = [] if sanitize == "none" else ["-fsanitize=" + sanitize]
    subprocess.run(["cc", "-std=gnu17", "-D_GNU_SOURCE", "-I", os.path.join(HERE, "..", "..", "src"),
                    os.path.join(HERE, "html_answers.c"), "-o", exe] + libs + flags + ["-lxxhash"], check=True)
    return exe


def unescape(value):
    """The second round of \\uHHHH that "doubleEscaped" asks for, in any nesting of lists."""
    if isinstance(value, str):
        return re.sub(r"\\u([0-9a-fA-F]{4})", lambda m: chr(int(m[1], 16)), value)
    if isinstance(value, list):
        return [unescape(v) for v in value]
    if isinstance(value, dict):
        return {unescape(k): unescape(v) for k, v in value.items()}
    return value


def encode(text):
    """UTF-8 in which lone surrogates survive, and pairs are one character."""
    pairs = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass") \
        if not re.search("[\ud800-\udfff]", text) else text
    return pairs.encode("utf-8", "surrogatepass")


def expected(output, coerce):
    """The tokens in the form of html_answers.c: adjacent characters joined, bytes in hex."""
    tokens = []
    for token in output:
        if token == "ParseError":
            continue
        if token[0] == "Character" and tokens and tokens[-1][0] == "Character":
            tokens[-1] = ["Character", tokens[-1][1] + token[1]]
        else:
            tokens.append(token)
    return tokens


def answer(line):
    def text(value):
        return None if value is None else bytes.fromhex(value).decode("utf-8", "surrogatepass")

    tokens = []
    for token in json.loads(line):
        kind = token[0]
        if kind == "None":
            continue
        if kind == "Character" and tokens and tokens[-1][0] == "Character":
            tokens[-1][1] += text(token[1])
        elif kind == "StartTag":
            tokens.append([kind, text(token[1]), {text(k): text(v) for k, v in token[2]}] +
                          ([True] if token[3] else []))
        elif kind == "DOCTYPE":
            tokens.append([kind] + [text(v) for v in token[1:4]] + [token[4]])
        else:
            tokens.append([kind, text(token[1])])
    return tokens


def coerced(tokens):
    """The spec's coercion to an XML infoset, which the tests of xmlViolation apply on top."""
    def clean(text):
        return re.sub("[\ufffe\uffff]", "\ufffd", text).replace("\f", " ")

    return [[t[0], clean(t[1]).replace("--", "- -")] if t[0] == "Comment" else
            [t[0], clean(t[1])] if t[0] == "Character" else t for t in tokens]


def load(folder):
    """(file, description, state, last start tag, input, expected tokens, coerce)"""
    for path in sorted(glob.glob(os.path.join(folder, "*.test"))):
        with open(path, encoding="utf-8") as f:
            suite = json.load(f)
        for key in ("tests", "xmlViolationTests"):
            for test in suite.get(key, []):
                double = unescape if test.get("doubleEscaped") else (lambda v: v)
                for state in test.get("initialStates", ["Data state"]):
                    yield (os.path.basename(path), test["description"], STATES[state],
                           test.get("lastStartTag", "-"), encode(double(test["input"])),
                           expected(double(test["output"]), False), key != "tests")


def main():
    shared, build = sys.argv[1:3]
    tests = list(load(os.path.join(shared, "suites", "web", "html5lib-tokenizer")))
    with tempfile.TemporaryDirectory() as folder:
        exe = build_answers(build, folder)
        questions = b"".join(b"%d %s %d\n%s" % (t[2], t[3].encode(), len(t[4]), t[4]) for t in tests)
        lines = subprocess.run([exe], input=questions, check=True, capture_output=True).stdout.split(b"\n")
    counts, failures = {}, []
    for test, line in zip(tests, lines):
        got = answer(line)
        got = coerced(got) if test[6] else got
        good = got == test[5]
        passed, failed = counts.get(test[0], (0, 0))
        counts[test[0]] = (passed + good, failed + (not good))
        if not good:
            failures.append("%s: %s\n  input    %r in state %d\n  expected %r\n  got      %r" %
                            (test[0], test[1], test[4], test[2], test[5], got))
    for name, (passed, failed) in counts.items():
        print("%-32s %5d passed, %d failed" % (name, passed, failed))
    shown = failures if "--verbose" in sys.argv else failures[:20]
    print("\n".join(shown))
    print("%d passed, %d failed" % (len(tests) - len(failures), len(failures)))
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())

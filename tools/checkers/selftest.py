#!/usr/bin/env python3
"""Each checker over a small tree with one deliberate violation: it must complain about
that, and be silent about the same tree without it. Argument: the release build."""
import os
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import events  # noqa: E402
import flags  # noqa: E402
import floors  # noqa: E402
import globals as globals_checker  # noqa: E402
import headers  # noqa: E402
import metrics  # noqa: E402
import names  # noqa: E402
import sizes  # noqa: E402
import symbols  # noqa: E402
import waits  # noqa: E402

GOOD = {
    "src/FLOORS": "0 base\n1 mail\n2 sys\n",
    "src/base/one.h": "/* base/one.h - an example. */\n#ifndef ONE_H\n#define ONE_H\nint one_get(void);\n#endif\n",
    "src/base/one.c": '#include "base/one.h"\n\nint one_get(void)\n{\n\treturn 1;\n}\n',
}


def tree(changes):
    root = tempfile.mkdtemp(prefix="poterne-checker-")
    for path, text in {**GOOD, **changes}.items():
        full = os.path.join(root, path)
        os.makedirs(os.path.dirname(full), exist_ok=True)
        with open(full, "w", encoding="utf-8") as f:
            f.write(text)
    return root


LONG = "int one_long(void)\n{\n" + "\tint x;\n" * 101 + "}\n"
DEEP = "int one_deep(void)\n{\n" + "{" * 7 + "}" * 7 + "\n}\n"
VIOLATIONS = [
    ("a room that includes one above it", floors, {"src/base/one.c": '#include "sys/two.h"\n'}),
    ("an include that is not spelled by room", floors, {"src/base/one.c": '#include "one.h"\n'}),
    ("a private header used by another room", floors,
     {"src/sys/two.c": '#include "base/one_private.h"\n'}),
    ("a function without its file's name", names,
     {"src/base/one.c": "int two_get(void)\n{\n\treturn 1;\n}\n"}),
    ("two files of one name", names, {"src/sys/one.c": "static int x;\n"}),
    ("a function of more than 100 lines", sizes, {"src/base/one.c": LONG}),
    ("a file of more than 800 lines", sizes, {"src/base/one.c": "\n" * 801}),
    ("a line of more than 100 columns", sizes, {"src/base/one.c": "/" * 101 + "\n"}),
    ("a function that nests too deep", sizes, {"src/base/one.c": DEEP}),
    ("a poll outside its place", waits, {"src/base/one.c": "void one_w(void)\n{\n\tpoll(0, 0, 1);\n}\n"}),
    ("a sleep", waits, {"src/base/one.c": "void one_w(void)\n{\n\tsleep(1);\n}\n"}),
    ("a malloc in a room", waits, {"src/mail/one.c": "void one_w(void)\n{\n\tmalloc(1);\n}\n"}),
    ("a field that Elasticsearch has no place for", events,
     {"src/base/one.c": 'void one_w(void)\n{\n\tlog_event_told(&b, "message.done", F_INT("new", 1));\n}\n',
      "docs/formats/log-events.md": "| `message.done` | `new` | x |\n",
      "docs/formats/elasticsearch.json": '{"template": {"mappings": {"properties": {"time": 1, "process": 1, "pid": 1, '
                                         '"event": 1, "cut": 1}}}}'}),
    ("an event that is not documented", events,
     {"src/base/one.c": 'void one_w(void)\n{\n\tlog_event("x.y", F_INT("z", 1));\n}\n'}),
    ("a metric that is not documented", metrics,
     {"src/sys/metrics.def": 'COUNTER(edge_x, EDGE, "", LABELS_NONE, "what")\n'}),
    ("two flags with one bit", flags,
     {"src/base/one.c": "enum flags {\n\tA = 1 << 0,\n\tB = 1u << 3, /* , */\n\tC = 1 << 3\n};\n"}),
    ("a header that does not compile alone", headers,
     {"src/base/one.h": "/* base/one.h - an example. */\nsize_t one_get(void);\n"}),
    ("a header that does not say what it is for", headers, {"src/base/one.h": "int one_get(void);\n"}),
]


def say(ok, what):
    print(("ok " if ok else "not ok ") + what, flush=True)


def library_with(code):
    root = tempfile.mkdtemp(prefix="poterne-checker-")
    os.makedirs(root + "/src")
    with open(root + "/one.c", "w", encoding="utf-8") as f:
        f.write(code)
    subprocess.run(["cc", "-c", root + "/one.c", "-o", root + "/base_one.c.o"], check=True)
    subprocess.run(["ar", "rcs", root + "/src/libbase.a", root + "/base_one.c.o"], check=True)
    return root


def main():
    for checker in (floors, names, sizes, waits, headers, events, metrics):
        say(not checker.check(tree({})), f"checker {checker.__name__} is silent about a clean tree")
    for what, checker, changes in VIOLATIONS:
        say(checker.check(tree(changes)), f"checker {checker.__name__} finds {what}")
    say(globals_checker.check(library_with("int counter = 1;\n")), "checker globals finds a writable global")
    say(not globals_checker.check(library_with("const int table = 1;\n")), "checker globals leaves constants alone")
    found = symbols.check(sys.argv[1], {"poterne-edge": ["sendmsg"]})
    say(bool(found), "checker symbols finds a call that a program names")


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Validates the aggregate reports that we write: tests/evaluate/reports_out.py SHARED BUILD [--verbose]

SHARED holds the schemas of RFC 9990 in suites/auth/dmarc-xsd*; BUILD is a meson build directory.
Reports are made of rows with every word there is and of hostile names, and checked by xmllint
(package libxml2-utils). Prints one line a schema, what xmllint says of each failure, and
"N passed, N failed".
"""
import itertools
import json
import os
import random
import shlex
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
SCHEMAS = ("dmarc-xsd/dmarc-xml-0.2.xsd", "dmarc-xsd-jgosmann/dmarc-aggregate-report-2.0.xsd")
HEADS = ("v=DMARC1; p=none", "v=DMARC1; p=reject; sp=quarantine; np=none; adkim=s; aspf=s; t=y; fo=1:d:s; rua=mailto:a@b.c",
         "v=DMARC1; p=quarantine; pct=0", "v=DMARC1; p=nonsense; rua=mailto:a@b.c", "v=DMARC1; fo=<&>\"'", "", "<>&",
         "v=DMARC1; p=reject; fo=\x01\x7f\u00e9\ufffe")
NAMES = ("shop.example", "xn--caf-dma.example", "<feedback>.example", "a&b.example", "]]>.example", "caf\u00e9.example",
         "\ufffe\uffff.example", "a\x01b\x1f\x7f.example", "\"'.example", "x" * 253)


def build_answers(build, folder):
    """Compiles report_answers.c against the room libraries of the build directory."""
    sources = os.path.join(HERE, "..", "..", "src")
    rooms = ("reporting", "auth", "dns", "conf", "sys", "url", "mail", "base")
    libs = [os.path.join(build, "src", "lib%s.a" % room) for room in rooms]
    subprocess.run(["ninja", "-C", build] + [os.path.relpath(lib, build) for lib in libs],
                   check=True, stdout=subprocess.DEVNULL)
    exe = os.path.join(folder, "report_answers")
    flags = shlex.split(subprocess.check_output(
        ["pkg-config", "--cflags", "--libs", "jansson", "libxxhash", "yaml-0.1", "libpsl", "icu-uc", "icu-i18n", "zlib",
         "libidn2", "libcrypto"], text=True))
    options = subprocess.check_output(["meson", "introspect", build, "--buildoptions"], text=True)
    sanitize = [o["value"] for o in json.loads(options) if o["name"] == "b_sanitize"][0]
    if sanitize != "none":
        flags.append("-fsanitize=" + sanitize)
    subprocess.run(["cc", "-std=gnu17", "-D_GNU_SOURCE", "-I", sources, os.path.join(HERE, "report_answers.c"), "-o", exe]
                   + libs + flags + ["-lpthread"], check=True)
    return exe


def ask(exe, questions):
    r = subprocess.run([exe], input="".join(json.dumps(q) + "\n" for q in questions), capture_output=True, text=True,
                       check=True)
    return [json.loads(line) for line in r.stdout.splitlines()]


def rows():
    words = random.Random(1)
    results = ("none", "pass", "fail", "softfail", "policy", "neutral", "temperror", "permerror")
    for n, (disposition, reason, result) in enumerate(itertools.product(
            ("none", "pass", "quarantine", "reject"),
            ("", "local_policy", "mailing_list", "other", "policy_test_mode", "trusted_forwarder"), results)):
        name = words.choice(NAMES)
        yield "\t".join(filter(None, (
            "ip=" + ("192.0.2.%d" % (n % 256) if n % 2 else "2001:db8::%x" % n), "disposition=" + disposition,
            "aligned_dkim=pass" if n % 3 else "", "aligned_spf=pass" if n % 5 else "", reason and "reason=" + reason,
            "header_from=" + name, "envelope_from=" + words.choice(NAMES) if n % 2 else "",
            "envelope_to=hopital.example" if n % 7 else "", "spf_result=" + result, "spf_domain=" + words.choice(NAMES),
            "dkim=%s %s %s" % (result, "sel", name), "dkim=pass s2 shop.example" if n % 4 else "")))


def main():
    shared, build = sys.argv[1:3]
    good = list(rows())
    questions = [{"domain": name, "head": head, "rows": good if head == HEADS[0] else good[:7]}
                 for head in HEADS for name in NAMES]
    passed, failed = 0, 0
    with tempfile.TemporaryDirectory() as folder:
        answers = ask(build_answers(build, folder), questions)
        paths = []
        for n, a in enumerate(answers):
            paths.append(os.path.join(folder, "%d.xml" % n))
            with open(paths[-1], "w", encoding="utf-8") as f:
                f.write(a["text"] or "")
        counts = sum(a["text"].count("<record>") for a in answers)
        for schema in SCHEMAS:
            path = os.path.join(shared, "suites", "auth", schema)
            valid = 0
            for n, document in enumerate(paths):
                r = subprocess.run(["xmllint", "--nonet", "--noout", "--schema", path, document], capture_output=True,
                                   text=True)
                valid += r.returncode == 0
                if r.returncode:
                    print("  %s: %s" % (questions[n]["head"][:40], r.stderr.strip()[:300]))
            print("%-50s %d of %d reports valid (%d records)" % (schema, valid, len(paths), counts))
            passed, failed = passed + valid, failed + len(paths) - valid
    print("%d passed, %d failed" % (passed, failed))
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()

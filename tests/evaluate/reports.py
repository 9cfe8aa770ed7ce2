#!/usr/bin/env python3
"""Reads the public collections of reports: tests/evaluate/reports.py SHARED BUILD [--verbose]

SHARED holds suites/auth/dmarc-reports-*; BUILD is a meson build directory. Each file is given to
"poterne dmarc read --json". Files that hold a report must be read; those of REFUSED must not; where
a collection says what a report holds, all of it is compared. Prints one line a collection, each
unexpected answer, and "N passed, N failed" at the end.
"""
import glob
import json
import os
import subprocess
import sys

# What must be refused, and why: (end of the path, reason).
REFUSED = [
    ("aggregate/invalid_xml.xml", "not well-formed XML"),
    ("aggregate/invalid_utf_8.xml", "bytes that are no UTF-8"),
    ("aggregate/ikea.com!example.de!1538690400!1538776800.xml", "the document is cut: its root never ends"),
    ("parsedmarc/empty.xml", "nothing in it"),
    ("sample_reports/malformed_report.xml", "not a report"),
    ("fixtures/malformed.xml", "the document is cut"),
    ("avvertix/plain.txt", "not a report"),
]
# Reports of single failures: recognised, never read.
FAILURE = ["/arf/", "parsedmarc/failure/"]
SKIPPED = (".md", "LICENCE.txt", ".MIT.txt", ".xsd")


def read_all(build, folder):
    """What is read in each file of a folder, and what is said of the others."""
    top = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
    r = subprocess.run([os.path.join(build, "src", "poterne"), "dmarc", "read", folder, "--json",
                        "--set", "paths.programs=" + os.path.join(os.path.abspath(build), "src"),
                        "--set", "paths.rules=" + os.path.join(os.path.abspath(top), "rules"),
                        "--set", "paths.lists=" + os.path.join(os.path.abspath(top), "lists")],
                       capture_output=True, text=True)
    reports, refused = {}, {}
    for line in r.stdout.splitlines():
        report = json.loads(line)
        reports.setdefault(report["file"].split("#")[0], []).append(report)
    for line in r.stderr.splitlines():
        name, _, why = line.partition("poterne: dmarc: ")[2].rpartition(": ")
        refused[name.split("#")[0].split(": ")[0]] = why
    return reports, refused


def word(value):
    """Their names of what is not said, and of words, as ours."""
    value = "" if value in (None, "Unspecified") else str(value)
    return value.lower()


def results(theirs, ours, keys):
    return [tuple(word(t.get(k)) for k in keys) for t in theirs] == [tuple(word(o.get(k)) for k in keys) for o in ours]


def compare_row(t, o):
    row, evaluated, ids, auth = t["row"], t["row"]["policy_evaluated"], t["identifiers"], t["auth_results"]
    pairs = [
        ("source_ip", row["source_ip"], o["source_ip"]),
        ("count", row["count"], o["count"]),
        ("disposition", word(evaluated["disposition"]), o["disposition"]),
        ("dkim", evaluated["dkim"] == "Pass", o["dkim"]),
        ("spf", evaluated["spf"] == "Pass", o["spf"]),
        ("reasons", len(evaluated["reason"]), len(o["reasons"])),
        ("header_from", word(ids["header_from"]), o["header_from"]),
        ("envelope_from", word(ids["envelope_from"]), o["envelope_from"]),
        ("envelope_to", word(ids["envelope_to"]), o["envelope_to"]),
        ("dkim_results", True, results(auth["dkim"], o["dkim_results"], ("domain", "selector", "result"))),
        ("spf_results", True, results(auth["spf"], o["spf_results"], ("domain", "result"))),
    ]
    return ["%s: %r, expected %r" % (what, ours, theirs) for what, theirs, ours in pairs if theirs != ours]


def iso(seconds):
    import datetime
    return datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def compare_dmarc(t, o):
    meta, policy = t["report_metadata"], t["policy_published"]
    pairs = [
        ("org", " ".join(meta["org_name"].split()), " ".join(o["org"].split())),
        ("email", meta["email"], o["email"]),
        ("report_id", meta["report_id"], o["report_id"]),
        ("begin", iso(meta["date_range"]["begin"]), o["begin"]),
        ("end", iso(meta["date_range"]["end"]), o["end"]),
        ("domain", word(policy["domain"]), o["domain"]),
        ("p", word(policy["p"]), o["p"]),
        ("sp", word(policy["sp"]), o["sp"]),
        ("adkim", policy["adkim"] == "Strict", o["adkim"] == "s"),
        ("aspf", policy["aspf"] == "Strict", o["aspf"] == "s"),
        ("testing", policy["testing"], o["testing"]),
        ("rows", len(t["record"]), len(o["rows"])),
    ]
    wrong = ["%s: %r, expected %r" % (what, ours, theirs) for what, theirs, ours in pairs if theirs != ours]
    for theirs, ours in zip(t["record"], o["rows"]):
        wrong += compare_row(theirs, ours)
    return wrong


def compare_tls(t, o):
    pairs = [
        ("org", t["organization-name"], o["org"]),
        ("report_id", t["report-id"], o["report_id"]),
        ("contact", t["contact-info"], o["contact"]),
        ("begin", t["date-range"]["start-datetime"], o["begin"]),
        ("end", t["date-range"]["end-datetime"], o["end"]),
        ("policies", len(t["policies"]), len(o["policies"])),
    ]
    for p, q in zip(t["policies"], o["policies"]):
        details = p.get("failure-details", [])
        pairs += [
            ("type", p["policy"]["policy-type"], q["type"]),
            ("domain", p["policy"].get("policy-domain", ""), q["domain"]),
            ("policy-string", [s.strip() for s in p["policy"].get("policy-string", [])], q["policy_string"]),
            ("successful", p["summary"].get("total-successful-session-count", 0), q["successful"]),
            ("failed", p["summary"].get("total-failure-session-count", 0), q["failed"]),
            ("failures", [(d["result-type"], d.get("receiving-mx-hostname", ""), d.get("failed-session-count", 0))
                          for d in details],
             [(d["result"], d["receiving_mx"], d["failed"]) for d in q["failures"]]),
        ]
    return ["%s: %r, expected %r" % (what, ours, theirs) for what, theirs, ours in pairs if theirs != ours]


def judge(path, name, reports, refused):
    """(ok, what is wrong) of one file."""
    got = reports.get(path, [])
    for end, why in REFUSED:
        if name.endswith(end):
            return not got, "was read, though: " + why
    if any(part in name for part in FAILURE):
        return not got, "a failure report was read"
    if len(got) != 1:
        return False, "%d reports; %s" % (len(got), refused.get(path, ""))
    expected = os.path.splitext(path)[0] + ".json"
    if "mailauth-rs" in name and expected != path and os.path.exists(expected):
        with open(expected) as f:
            theirs = json.load(f)
        wrong = (compare_dmarc if got[0]["kind"] == "dmarc" else compare_tls)(theirs, got[0])
        return not wrong, "; ".join(wrong)
    return True, ""


def files_of(folder):
    for path in sorted(glob.glob(os.path.join(glob.escape(folder), "**"), recursive=True)):
        name = os.path.relpath(path, os.path.dirname(folder))
        expectation = "mailauth-rs" in name and path.endswith(".json") and \
            any(os.path.exists(os.path.splitext(path)[0] + end) for end in (".xml", ".eml"))
        if os.path.isfile(path) and not path.endswith(SKIPPED) and not expectation:
            yield path, name


def main():
    verbose = "--verbose" in sys.argv
    shared, build = [a for a in sys.argv[1:] if not a.startswith("-")]
    passed = failed = 0
    suites = os.path.join(shared, "suites", "auth")
    for folder in sorted(glob.glob(suites + "/dmarc-reports-*") + glob.glob(suites + "/dmarc-xsd")):
        if not os.path.isdir(folder):
            continue
        reports, refused = read_all(build, folder)
        good = bad = read = 0
        for path, name in files_of(folder):
            ok, why = judge(path, name, reports, refused)
            read += path in reports
            good += ok
            bad += not ok
            if not ok:
                print("    %s: %s" % (name, why))
            elif verbose:
                print("    %s: %s" % (name, "read" if path in reports else "refused: " + refused.get(path, "")))
        print("%-32s %3d files as expected (%d read, %d refused), %d not" % (
            os.path.basename(folder), good, read, good + bad - read, bad))
        passed += good
        failed += bad
    print("%d passed, %d failed" % (passed, failed))
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""Runs the public SPF suites: tests/evaluate/spf.py SHARED BUILD [--verbose]

SHARED holds suites/auth/spf-*; BUILD is a meson build directory. Prints one line a suite,
each unexpected answer, and "N passed, N failed" at the end. Answers that differ for a reason
stand in ARGUED below, each with the reason, and are not counted as failures.
"""
import json
import os
import re
import shlex
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))

# Why our answer stands: (suite, tests, reason). A test of a record suite is its record.
MANY_MX = ["mailzone-#%d" % n for n in (7, 8, 9, 20, 21, 22, 24, 25, 27, 28, 29, 31, 32, 33, 34, 36, 37)]
WHY_PAGE = "the suite expects one engine's own default explanation; we give only the sender's (6.2)"
OPEN_END = "domain-end may be any macro-expand, %- as well (RFC 7208 7.1)"
ARGUED = {(suite, test): reason for suite, tests, reason in (
    ("mailzone", MANY_MX, "of 2003; more than 10 MX hosts is permerror since RFC 4408 (RFC 7208 4.6.4)"),
    ("mailzone", ["mailzone-#126", "mailzone-#127"], "a domain without a record is none (RFC 7208 4.5)"),
    ("pyspf-test", ["default-modifier", "default-modifier-harsh"],
     "default= was never in an RFC: an unknown modifier (RFC 7208 6)"),
    ("tests", ["test-#2", "test-#11", "test-#15"], WHY_PAGE),
    ("tests", ["test-#malformedip"], "an unknown client address is no fault of the sender: none"),
    ("libspf2-test_parser", ["v=spf1 a:/32//12", "v=spf1 a:/32//128"],
     "the domain-spec after the colon may not be empty (RFC 7208 5.3)"),
    ("libspf2-test_parser", ["v=spf1 a:as%- mx=%{i3r}.spf.%{d}", "v=spf1 a:as%-/24 mx=%{i3r}.spf.%{d}",
                             "v=spf1 a:as%-/24//4 mx=%{i3r}.spf.%{d}"], OPEN_END),
    ("libspf2-test_parser", ["v=spf1 ip4:111.222.133.144/22 ip4:1.2.3.4/004",
                             "v=spf1 ip6:::1 ip4:111.222.133.144/22 ip4:1.2.3.4/004"],
     "a prefix length has no leading zero (RFC 7208 5.6)"),
    ("libspf2-test_adopt_roll", [
        "v=spf1 A MX include:relay.example.com include:webmail.example.com ~all"],
     "names of mechanisms have no case (RFC 7208 4.6.1)"),
    ("libspf2-test_adopt_roll", ["v=spf1 include:smtp.example.net default=softdeny"],
     "default= is an unknown modifier (RFC 7208 6)"),
    ("libspf2-test_adopt_roll", [
        "v=spf1 ip4=158.125.0.0/16 ip4=131.231.0.0/16 ip4=194.66.220.0/24 ip4=213.106.251.0/26 "
        "ip4=213.106.253.0/26 ?all"], "ip4= is an unknown modifier (RFC 7208 6)"),
    ("libspf2-test_adopt_roll", [
        "v=spf1 mx ptr a:64.94.19.0/24 a:64.94.26.0/24 a:69.25.30.0/24 a:212.118.250.0/24 "
        + "include:example.com " * 5 + "?all"], "a top label is not all digits (RFC 7208 7.1)"),
) for test in tests}
MANY_HOSTS = "v=spf1 a mx a:www2 a:www a:outbound "  # "a:www2" is no domain-spec (RFC 7208 7.1)


def build_answers(build, folder):
    """Compiles spf_answers.c against the room libraries of the build directory."""
    sources = os.path.join(HERE, "..", "..", "src")
    libs = [os.path.join(build, "src", "lib%s.a" % room) for room in ("auth", "dns", "base")]
    subprocess.run(["ninja", "-C", build] + [os.path.relpath(lib, build) for lib in libs],
                   check=True, stdout=subprocess.DEVNULL)
    exe = os.path.join(folder, "spf_answers")
    flags = shlex.split(subprocess.check_output(
        ["pkg-config", "--cflags", "--libs", "jansson", "libxxhash"], text=True))
    options = subprocess.check_output(["meson", "introspect", build, "--buildoptions"], text=True)
    sanitize = [o["value"] for o in json.loads(options) if o["name"] == "b_sanitize"][0]
    if sanitize != "none":
        flags.append("-fsanitize=" + sanitize)
    subprocess.run(["cc", "-std=gnu17", "-D_GNU_SOURCE", "-I", sources,
                    os.path.join(HERE, "spf_answers.c"), "-o", exe] + libs + flags + ["-lpthread"],
                   check=True)
    return exe


def join(value):
    return "".join(value) if isinstance(value, list) else value


def zone_of(suite_zone, silence):
    """The DNS file of a suite's zone. SPF stands for TXT unless the name has a TXT."""
    zone = {}
    for name, records in suite_zone.items():
        types = {}
        has_txt = any(isinstance(r, dict) and "TXT" in r for r in records)
        for record in records:
            if isinstance(record, str):
                types["*"] = silence
                continue
            for kind, value in record.items():
                if kind == "SPF":
                    if has_txt:
                        continue
                    kind = "TXT"
                if value == "NONE":
                    continue
                if value == "TIMEOUT":
                    types[kind] = silence
                elif kind == "CNAME":
                    types[kind] = value
                elif kind in ("A", "AAAA", "MX", "PTR", "TXT"):
                    if kind == "TXT":
                        value = join(value)
                    elif kind == "MX":
                        value = [value[0], value[1]]
                    types.setdefault(kind, []).append(value)
        zone.setdefault(name.rstrip(".").lower(), {}).update(types)
    return zone


def ask(exe, zone, questions, folder):
    path = "-"
    if zone is not None:
        path = os.path.join(folder, "zone.json")
        with open(path, "w") as f:
            json.dump(zone, f)
    out = subprocess.run([exe, path], input="".join(json.dumps(q) + "\n" for q in questions),
                         stdout=subprocess.PIPE, text=True, check=True).stdout
    return [json.loads(line) for line in out.splitlines()]


class Tally:
    def __init__(self, verbose):
        self.passed, self.failed, self.argued, self.verbose = 0, 0, 0, verbose

    def count(self, suite, name, good, text, answer):
        if good:
            self.passed += 1
            return
        reason = ARGUED.get((suite, name))
        if name.startswith(MANY_HOSTS):
            reason = "a domain-spec has at least two labels (RFC 7208 7.1)"
        if reason:
            self.argued += 1
            print("  argued  %s %s: %s: %s" % (suite, name, text, reason))
            return
        self.failed += 1
        print("  FAILED  %s %s: %s" % (suite, name, text))
        if self.verbose:
            for line in answer.get("trace", []):
                print("            " + line)


def explanation_agrees(test, answer):
    wanted = test.get("explanation")
    if wanted is None or answer["result"] != "fail":
        return True
    return answer["explanation"] == ("" if wanted == "DEFAULT" else wanted)


def run_scenario(exe, suite, scenario, tally, folder):
    for silence in ("servfail", "timeout"):
        zone = zone_of(scenario["zone"], silence)
        questions = [{"ip": t["ip"], "helo": t["helo"] or "", "mail_from": t["mail_from"] or "",
                      "receiver": "localdomain.foo.bar"} for t in scenario["tests"]]
        for test, answer in zip(scenario["tests"], ask(exe, zone, questions, folder)):
            good = answer["result"] in test["expect"] and explanation_agrees(test, answer)
            text = "%s %r (%s), expected %s %r" % (answer["result"], answer["explanation"],
                                                   answer["problem"] or answer["mechanism"],
                                                   "/".join(test["expect"]), test.get("explanation"))
            tally.count(suite, test["id"], good, text, answer)


def run_yaml_suite(exe, path, tally, folder):
    suite = os.path.basename(path)[:-len(".json")]
    before = tally.passed, tally.failed, tally.argued
    for scenario in json.load(open(path)):
        run_scenario(exe, suite, scenario, tally, folder)
    print("%-28s %4d passed %3d failed %3d argued (each asked with SERVFAIL and with silence)"
          % (suite, tally.passed - before[0], tally.failed - before[1], tally.argued - before[2]))


def run_records(exe, suite, cases, tally, folder):
    """cases: (record, valid)"""
    before = tally.passed, tally.failed, tally.argued
    answers = ask(exe, None, [{"record": record} for record, _ in cases], folder)
    for (record, valid), answer in zip(cases, answers):
        tally.count(suite, record, answer["valid"] == valid,
                    "%s (%s), expected %s" % (answer["valid"], answer["why"], valid), answer)
    print("%-28s %4d passed %3d failed %3d argued"
          % (suite, tally.passed - before[0], tally.failed - before[1], tally.argued - before[2]))


def libspf2_cases(path):
    """Records and whether they are valid: libspf2 takes host names that RFC 7208 12 refuses
    with a warning, and counts lookups while it reads."""
    fine = re.compile("no errors|Warning: Mechanisms found after|Mechanisms used too many DNS lookups")
    record, cases = None, []
    for line in open(path, encoding="latin-1"):
        start = re.match(r'spftest\s+spf\s+"(.*)"\s*$', line)
        if start:
            record = start.group(1).replace('\\"', '"')
        message = re.match(r"err-msg\s+/\.\*/\s*(.*)$", line)
        if message and record is not None:
            cases.append((record, bool(fine.match(message.group(1)))))
            record = None
    return cases


def main():
    shared, build = sys.argv[1], os.path.abspath(sys.argv[2])
    suites = os.path.join(shared, "suites", "auth")
    tally = Tally("--verbose" in sys.argv)
    with tempfile.TemporaryDirectory() as folder:
        exe = build_answers(build, folder)
        for name in ("spf-openspf/normalized/rfc7208", "spf-openspf/normalized/rfc4408",
                     "spf-openspf/normalized/pyspf-test", "spf-jspf/normalized/mailzone",
                     "spf-jspf/normalized/tests", "spf-simta/normalized/simta"):
            run_yaml_suite(exe, os.path.join(suites, name + ".json"), tally, folder)
        records = json.load(open(os.path.join(suites, "spf-mox", "records.json")))
        run_records(exe, "mox-records", [(r["record"], r["valid"]) for r in records], tally, folder)
        for name in ("test_parser", "test_adopt_roll"):
            path = os.path.join(suites, "spf-libspf2", name + ".txt")
            run_records(exe, "libspf2-" + name, libspf2_cases(path), tally, folder)
    print("%d passed, %d failed" % (tally.passed, tally.failed))
    return 1 if tally.failed else 0


if __name__ == "__main__":
    sys.exit(main())

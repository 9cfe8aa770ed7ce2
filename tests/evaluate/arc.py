#!/usr/bin/env python3
"""Runs the public ARC suite: tests/evaluate/arc.py SHARED BUILD [--verbose]

SHARED holds suites/auth/arc-valimail; BUILD is a meson build directory. Prints one line a
scenario, each unexpected answer, and "N passed, N failed" at the end. The suite keeps LF line
ends, which become CRLF; an empty cv stands for anything but pass. A sealing test passes when
the three fields are those of the suite, all white space removed.
"""
import json
import os
import re
import shlex
import subprocess
import sys
import tempfile

try:
    import yaml
except ImportError:
    sys.exit("arc: the suite is YAML: install python3-yaml")

HERE = os.path.dirname(os.path.abspath(__file__))
ROOMS = ("auth", "keys", "dns", "conf", "sys", "dkim", "url", "mail", "base")
PACKAGES = ("jansson", "libxxhash", "libcrypto", "icu-uc", "icu-i18n", "libpsl", "yaml-0.1", "libseccomp", "libcap-ng")


def build_answers(build, folder):
    """Compiles arc_answers.c against the room libraries of the build directory."""
    libs = [os.path.join(build, "src", "lib%s.a" % room) for room in ROOMS]
    subprocess.run(["ninja", "-C", build] + [os.path.relpath(lib, build) for lib in libs],
                   check=True, stdout=subprocess.DEVNULL)
    exe = os.path.join(folder, "arc_answers")
    flags = shlex.split(subprocess.check_output(["pkg-config", "--cflags", "--libs", *PACKAGES], text=True))
    options = subprocess.check_output(["meson", "introspect", build, "--buildoptions"], text=True)
    sanitize = [o["value"] for o in json.loads(options) if o["name"] == "b_sanitize"][0]
    if sanitize != "none":
        flags.append("-fsanitize=" + sanitize)
    subprocess.run(["cc", "-std=gnu17", "-D_GNU_SOURCE", "-I", os.path.join(HERE, "..", "..", "src"),
                    os.path.join(HERE, "arc_answers.c"), "-o", exe] + libs + flags + ["-lpthread"], check=True)
    return exe


def crlf(text):
    return (text or "").replace("\n", "\r\n")


def write_zone(records, folder):
    """The suite folds its records: without their blanks between pieces they are whole."""
    zone = {name.lower(): {"TXT": ["".join(value.split("\n"))]} for name, value in (records or {}).items()}
    path = os.path.join(folder, "zone.json")
    with open(path, "w") as f:
        json.dump(zone, f)
    return path


def ask(exe, zone, questions):
    out = subprocess.run([exe, zone], input="".join(json.dumps(q) + "\n" for q in questions),
                         stdout=subprocess.PIPE, text=True, check=True).stdout
    return [json.loads(line) for line in out.splitlines()]


def results_of(message, host):
    """The value of its Authentication-Results field of that host, and what it says of ARC."""
    for field in re.findall(r"(?ims)^authentication-results:[ \t]*(.*?)\r\n(?![ \t])", message):
        if field.startswith(host):
            return field.rstrip(), re.search(r"\barc=(\w+)", field).group(1)
    return "", "none"


def field_of(fields, name):
    found = re.search(r"(?ims)^%s:(.*?)\r\n(?![ \t])" % name, fields)
    return "".join(found.group(1).split()) if found else ""


class Tally:
    def __init__(self, verbose):
        self.passed, self.failed, self.verbose = 0, 0, verbose

    def count(self, name, good, text, answer):
        self.passed += good
        self.failed += not good
        if not good:
            print("  FAILED  %s: %s" % (name, text))
        if not good and self.verbose:
            for line in answer.get("trace", [json.dumps(answer)]):
                print("            " + line)


def run_validation(exe, scenario, tally, folder):
    tests = scenario["tests"]
    questions = [{"message": crlf(t["message"])} for t in tests.values()]
    answers = ask(exe, write_zone(scenario.get("txt-records"), folder), questions)
    for (name, test), answer in zip(tests.items(), answers):
        wanted = str(test["cv"] or "").lower()
        good = answer["result"] == wanted if wanted else answer["result"] != "pass"
        tally.count(name, good, "%s (%s), expected %s: %s" % (answer["result"], answer["reason"],
                                                           wanted or "no pass", test["description"]), answer)


def run_sealing(exe, scenario, tally, folder):
    tests, questions = scenario["tests"], []
    for test in tests.values():
        message = crlf(test["message"])
        results, cv = results_of(message, test["srv-id"])
        questions.append({"message": message, "domain": scenario["domain"], "selector": scenario["sel"],
                          "key": scenario["privatekey"], "time": int(test["t"]), "names": test["sig-headers"],
                          "cv": cv, "results": results})
    for (name, test), answer in zip(tests.items(), ask(exe, write_zone({}, folder), questions)):
        wrong = [tag for tag, field in (("AS", "ARC-Seal"), ("AMS", "ARC-Message-Signature"),
                                        ("AAR", "ARC-Authentication-Results"))
                 if field_of(answer.get("fields", ""), field) != "".join((test[tag] or "").split())]
        tally.count(name, not wrong, "another %s than expected" % ", ".join(wrong), answer)


def main():
    shared, build = sys.argv[1], os.path.abspath(sys.argv[2])
    suite = os.path.join(shared, "suites", "auth", "arc-valimail")
    tally = Tally("--verbose" in sys.argv)
    with tempfile.TemporaryDirectory() as folder:
        exe = build_answers(build, folder)
        for file, run in (("dev-validation.yml", run_validation), ("dev-sign.yml", run_sealing)):
            for scenario in yaml.safe_load_all(open(os.path.join(suite, file))):
                before = tally.passed, tally.failed
                run(exe, scenario, tally, folder)
                print("%-10s %-40s %4d passed %3d failed" % (
                    file[4:-4], scenario["description"].strip(), tally.passed - before[0], tally.failed - before[1]))
    print("%d passed, %d failed" % (tally.passed, tally.failed))
    return 1 if tally.failed else 0


if __name__ == "__main__":
    sys.exit(main())

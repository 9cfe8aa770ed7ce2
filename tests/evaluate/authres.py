#!/usr/bin/env python3
"""Runs the public Authentication-Results vectors: tests/evaluate/authres.py SHARED BUILD

SHARED holds suites/auth/ar-vectors and ar-authres; BUILD is a meson build directory. Prints one
line a suite, each unexpected answer, and "N passed, N failed" at the end. Answers that differ for
a reason stand in ARGUED, each with the reason, and are not counted as failures.
"""
import ast
import json
import os
import re
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "lib"))
import answers  # noqa: E402

MERGED = "the suite adds the results of one field to those of another before it looks"
NO_ID = "the field has no authserv-id where it must stand (RFC 8601 2.2), so nobody can tell whose it is"
LENIENT = "what breaks the grammar is taken as it stands: who reads such a field only looks for claims in it"
ARGUED = {
    ("mail-authenticationresults", "#1"): MERGED,
    ("mail-authenticationresults", "#0"): MERGED,
    ("mail-authenticationresults", "t/04-outlook.t #19"): NO_ID,
    ("authres", "iprev=pass policy.iprev=2001:748:100:40::2:2"): LENIENT,
    ("authres", "thehesiod.com"): LENIENT,
}


def value_of(header):
    return re.sub("^authentication-results:", "", header, flags=re.I)


class Suites:
    def __init__(self, exe, where):
        self.exe, self.where, self.tally = exe, where, answers.Tally(ARGUED)

    def load(self, name):
        with open(os.path.join(self.where, "ar-vectors", name + ".json"), encoding="utf-8") as f:
            return json.load(f)

    def read(self, header):
        got = answers.ask(self.exe, [{"header": value_of(header)}])[0]
        return got if got["is"] else {"authserv_id": "", "results": []}

    def mox(self):
        for i, case in enumerate(self.load("mox")):
            got = self.read(case["header"])
            said = [{"method": r["method"], "result": r["result"], "reason": r["reason"],
                     "props": [dict(zip(("type", "property", "value"), p)) for p in r["properties"]]}
                    for r in got["results"]]
            wanted = [dict({"reason": ""}, **r) for r in case["results"]]
            self.tally.count("mox", f"#{i}", (got["authserv_id"], said) == (case["authserv_id"], wanted), f"{got}")
        self.tally.suite("mox")

    def go_msgauth(self):
        for i, case in enumerate(self.load("go-msgauth")):
            got = self.read(case["header"])
            good = got["authserv_id"] == case["authserv_id"] and len(got["results"]) == len(case["results"])
            for r, wanted in zip(got["results"], case["results"]):
                fields = wanted["fields"]
                good &= r["method"] == wanted["type"].lower()
                good &= r["result"] == fields["Value"].replace("Result", "").lower()
                values = [p[2] for p in r["properties"]]
                good &= all(v in values for k, v in fields.items() if k != "Value")
            self.tally.count("go-msgauth", f"#{i}", good, f"{got}")
        self.tally.suite("go-msgauth")

    def perl(self):
        suite = "mail-authenticationresults"
        for i, case in enumerate(self.load(suite)):
            got = answers.ask(self.exe, [{"header": value_of(case["header"])}])[0]
            if case.get("dies"):
                self.tally.count(suite, f"#{i}", not got["is"], f"{got}")
                continue
            found = {(r["method"], r["result"]) for r in got.get("results", [])}
            found |= {(".".join(filter(None, p[:2])), p[2]) for r in got.get("results", []) for p in r["properties"]}
            missing = [(m["key"], m["value"]) for m in case.get("must_find", [])
                       if (m["key"], m["value"]) not in found]
            good = got["is"] and not missing and case.get("authserv_id", got["authserv_id"]) == got["authserv_id"]
            name = f"{case['file']} #{i}" if "outlook" in case["file"] else f"#{i}"
            self.tally.count(suite, name, good, f"missing {missing} in {got}")
        self.tally.suite(suite)

    def authres(self):
        """Doctests: after each parse(...) of a field what str() of its parts must show."""
        path = os.path.join(self.where, "ar-authres", "authres-doctests.txt")
        got = None
        lines = open(path, encoding="utf-8").read().split("\n")
        for at, line in enumerate(lines):
            m = re.search(r"\.parse\(('(?:[^'\\]|\\.)*')\)", line)
            if m:
                header = ast.literal_eval(m.group(1))
                got = self.read(header)
                if "Syntax error" in "".join(lines[at:at + 4]):
                    name = "thehesiod.com" if "thehesiod" in header else header.split(";")[1].split("(")[0].strip()
                    self.tally.count("authres", name, got["authserv_id"] == "", f"{got}")
                continue
            m = re.match(r">>> (?:str\()?\w*arobj\.(authserv_id|results\[(\d)\]\.(method|result|properties\[(\d)\]"
                         r"\.(type|name|value)))\)?$", line)
            if m and got:
                self.part(got, m, ast.literal_eval(lines[at + 1]), at)
        self.tally.suite("authres")

    def part(self, got, m, wanted, at):
        said = got["authserv_id"]
        if m.group(2):
            result = got["results"][int(m.group(2))] if int(m.group(2)) < len(got["results"]) else None
            said = result and result.get(m.group(3))
            if m.group(4):
                said = result["properties"][int(m.group(4))][("type", "name", "value").index(m.group(5))]
                said = said.lower() if m.group(5) == "name" else said
        self.tally.count("authres", f"line {at + 1}", said == wanted, f"{said}, expected {wanted}")


def main():
    shared, build = sys.argv[1], os.path.abspath(sys.argv[2])
    with tempfile.TemporaryDirectory() as folder:
        exe = answers.build(build, folder, "auth_answers.c", ("auth", "dns", "dkim", "url", "mail", "base"),
                            ("jansson", "libxxhash", "libcrypto", "libpsl", "icu-uc", "icu-i18n"))
        s = Suites(exe, os.path.join(shared, "suites", "auth"))
        s.mox()
        s.go_msgauth()
        s.perl()
        s.authres()
    return s.tally.finish()


if __name__ == "__main__":
    sys.exit(main())

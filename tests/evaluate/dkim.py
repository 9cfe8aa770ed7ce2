#!/usr/bin/env python3
"""Runs the public DKIM suites: tests/evaluate/dkim.py SHARED BUILD [--verbose]

SHARED holds suites/auth/dkim-*; BUILD is a meson build directory. Each message is asked about
as its file is (LF) and with CRLF, which must give the same answer. Prints one line a suite,
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
NOW = 1800000000

NO_G = "g= of RFC 4871 is no tag any more: an unknown tag is ignored (RFC 6376 3.2, 3.6.1, C.2)"
TRAILING = "white space behind the last \";\" is out there; the suite's own README calls it advisory"
UTF8 = "UTF-8 in i= is allowed (RFC 8616 5); the field cannot tell whether SMTPUTF8 was used"
ARGUED = {(suite, test): reason for suite, tests, reason in (
    ("maildkim", ["badkey_8.txt", "badkey_9.txt", "badkey_12.txt", "badkey_13.txt"], NO_G),
    ("mox", ["record 3 v=DKIM1; p=; "], TRAILING),
    ("mox", ["signature 2"], UTF8),
) for test in tests}
# What an answer other than pass and fail may be called, by who called it what.
INVALID = {"permerror", "neutral", "policy", "temperror"}


def build_answers(build, folder):
    """Compiles dkim_answers.c against the room libraries of the build directory."""
    sources = os.path.join(HERE, "..", "..", "src")
    libs = [os.path.join(build, "src", "lib%s.a" % room) for room in ("auth", "dns", "dkim", "url", "mail", "base")]
    subprocess.run(["ninja", "-C", build] + [os.path.relpath(lib, build) for lib in libs],
                   check=True, stdout=subprocess.DEVNULL)
    exe = os.path.join(folder, "dkim_answers")
    flags = shlex.split(subprocess.check_output(
        ["pkg-config", "--cflags", "--libs", "jansson", "libxxhash", "libcrypto", "icu-uc", "icu-i18n",
         "libpsl"], text=True))
    options = subprocess.check_output(["meson", "introspect", build, "--buildoptions"], text=True)
    sanitize = [o["value"] for o in json.loads(options) if o["name"] == "b_sanitize"][0]
    if sanitize != "none":
        flags.append("-fsanitize=" + sanitize)
    subprocess.run(["cc", "-std=gnu17", "-D_GNU_SOURCE", "-I", sources,
                    os.path.join(HERE, "dkim_answers.c"), "-o", exe] + libs + flags + ["-lpthread"],
                   check=True)
    return exe


class Asker:
    def __init__(self, build, folder, verbose):
        self.exe, self.folder, self.verbose = build_answers(build, folder), folder, verbose
        self.passed = self.failed = self.argued = 0
        self.before = (0, 0, 0)

    def ask(self, zone, questions):
        path = os.path.join(self.folder, "zone.json")
        with open(path, "w") as f:
            json.dump(zone, f)
        out = subprocess.run([self.exe, path], input="".join(json.dumps(q) + "\n" for q in questions),
                             stdout=subprocess.PIPE, text=True, check=True).stdout
        return [json.loads(line) for line in out.splitlines()]

    def message(self, zone, content, wall=NOW, legacy=False):
        """The results of a message, the same with LF and with CRLF."""
        questions = []
        lf = content.replace(b"\r\n", b"\n")
        for form, data in (("lf", lf), ("crlf", lf.replace(b"\n", b"\r\n"))):
            path = os.path.join(self.folder, "message." + form)
            with open(path, "wb") as f:
                f.write(data)
            questions.append({"file": path, "wall": wall, "legacy": legacy})
        one, other = self.ask(zone, questions)
        return one if one == other else [{"result": "LF AND CRLF DIFFER"}]

    def count(self, suite, name, good, text, answer=()):
        if good:
            self.passed += 1
            return
        reason = ARGUED.get((suite, name))
        if reason:
            self.argued += 1
            print("  argued  %s %s: %s: %s" % (suite, name, text, reason))
            return
        self.failed += 1
        print("  FAILED  %s %s: %s" % (suite, name, text))
        if self.verbose:
            for one in answer:
                print("            %s" % one)

    def end(self, suite, note=""):
        now = (self.passed, self.failed, self.argued)
        print("%-28s %4d passed %3d failed %3d argued %s"
              % ((suite,) + tuple(n - b for n, b in zip(now, self.before)) + (note,)))
        self.before = now


def short(results):
    return ", ".join("%s (%s)" % (r["result"], r.get("reason")) for r in results) or "no signature"


def best(results):
    codes = [r["result"] for r in results]
    for code in ("pass", "fail"):
        if code in codes:
            return code
    return "invalid" if set(codes) & INVALID else "none"


def read(*path):
    with open(os.path.join(*path), "rb") as f:
        return f.read()


def maildkim(asker, root):
    zone = {}
    for line in read(root, "FAKE_DNS.dat").decode("latin-1").splitlines():
        m = re.match(r"(\S+)\s+(.*)$", line)
        if not m or line.startswith("#"):
            continue
        name, value = m.group(1).lower(), m.group(2)
        if value.startswith("~~"):
            zone[name] = {"*": "servfail" if "SERVFAIL" in value else "timeout"}
        elif value != "NXDOMAIN":
            zone[name] = {"TXT": ["" if value == '""' else value]}
    for case in json.loads(read(root, "expected.json"))["cases"]:
        if case["protocol"] != "DKIM" or case["upstream_skipped"]:
            continue
        name = os.path.basename(case["file"])
        content = read(root, case["file"])
        results = asker.message(zone, content, legacy=True)
        asker.count("maildkim", name, best(results) == case["result"],
                    "%s, expected %s" % (short(results), case["result"]), results)
        if "temp" in (case["note"] or "") or "dns error" in (case["note"] or ""):
            asker.count("maildkim", name, [r["result"] for r in results] == ["temperror"],
                        "%s, expected temperror" % short(results), results)
        if not case.get("modern"):
            results = asker.message(zone, content)
            asker.count("maildkim", name, best(results) != "pass",
                        "%s without the legacy switch" % short(results), results)
    asker.end("maildkim", "(57 messages; the old ones also by the rules of today)")


def chasquid(asker, root):
    states = {"SUCCESS": {"pass"}, "TEMPFAIL": {"temperror"}, "PERMFAIL": {"permerror", "neutral", "fail"}}
    errors = {"TEMPERROR": "servfail", "PERMERROR": "nxdomain"}
    for case in json.loads(read(root, "cases.json")):
        zone = {}
        for record in case.get("dns", []):
            types = zone.setdefault(record["name"].lower(), {})
            if record["value"] in errors:
                types["TXT"] = errors[record["value"]]
            elif record["value"] not in types.setdefault("TXT", []):
                types["TXT"].append(record["value"])
        content = read(root, case["message"])
        target = os.path.join(root, os.fsdecode(content[:100]).strip())
        if os.path.isfile(target):  # a symbolic link kept as a file
            content = read(target)
        results = asker.message(zone, content)
        wanted = case.get("signatures") or []
        good = len(results) >= len(wanted) and all(
            r["result"] in states[w["state"]] for r, w in zip(results, wanted))
        if not wanted:
            good = best(results) != "pass"
        asker.count("chasquid", case["id"], good, "%s, expected %s" % (
            short(results), [w["state"] for w in wanted] or case.get("error")), results)
    asker.end("chasquid")


def mox(asker, root):
    records = json.loads(read(root, "records.json"))
    for i, (case, answer) in enumerate(zip(records, asker.ask({}, [{"record": r["record"]} for r in records]))):
        # A record without p= is no key: mox calls "V=DKIM2; p=;" valid, and so do we.
        asker.count("mox", "record %d %s" % (i, case["record"]), answer["valid"] == case["valid"],
                    "%s (%s), expected %s" % (answer["valid"], answer["why"], case["valid"]))
    signatures = json.loads(read(root, "signatures.json"))
    for i, case in enumerate(signatures):
        name, colon, value = case["header"].partition(":")
        if name != "dkim-signature":
            continue  # no DKIM-Signature at all: a field of another name is not asked about
        answer = asker.ask({}, [{"signature": value.rstrip("\r\n")}])[0]
        asker.count("mox", "signature %d" % i, answer["valid"] == case["valid"],
                    "%s (%s), expected %s" % (answer["valid"], answer["why"], case["valid"]))
    asker.end("mox")


def txt(content):
    return {"TXT": [content.decode().strip()]}


def pem(content):
    return {"TXT": ["v=DKIM1; k=rsa; p=" + "".join(content.decode().splitlines()[1:-1])]}


RFC8463 = "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="


def dkimpy(asker, root, gmail, kitterman):
    data = os.path.join(root, "data")
    zone = {
        "test._domainkey.football.example.com": txt(read(data, "test.txt")),
        "brisbane._domainkey.football.example.com": {"TXT": [RFC8463]},
        "test._domainkey.legitimate.com": txt(read(data, "test.txt")),
        "test._domainkey.legitimate.com(.attacker.com": txt(read(data, "test.txt")),
        "sed._domainkey.test.ex": txt(read(data, "eximtest.dns")),
        "20120113._domainkey.gmail.com": gmail,
        "2007-00._domainkey.kitterman.com": kitterman,
    }
    for name, wanted in (("rfc6376.signed.msg", ["pass", "pass"]), ("rfc6376.signed.rsa.msg", ["pass"]),
                         ("test.message.baddomain", ["neutral"]), ("test2.message", ["pass"]),
                         ("ed25519test2.msg", ["pass"]), ("message.mbox", ["pass"]),
                         # Its t= was cut out of the signed field, so that it cannot verify.
                         ("rfc6376.signed.no_t.msg", ["fail"])):
        content = read(data, name)
        if content.startswith(b"From "):
            content = content.partition(b"\n")[2]
        results = asker.message(zone, content)
        asker.count("dkimpy", name, [r["result"] for r in results] == wanted,
                    "%s, expected %s" % (short(results), wanted), results)
    for name, valid, bits, email in (
            ("test.txt", True, 1024, True), ("test2.txt", True, 1024, True), ("test_bad.txt", False, 0, False),
            ("badk.txt", False, 0, False), ("badversion.txt", False, 0, False),
            ("test_tlsrpt.txt", True, 1024, False), ("ed25519test.dns", True, 256, True),
            ("eximtest.dns", True, 256, True), ("1024_testkey_wo_markers.pub.txt", True, 1024, True),
            ("1024_testkey_wo_markers.pub.rsa.txt", True, 1024, True),
            ("2048_testkey_wo_markers.pub.txt", True, 2048, True),
            ("2048_testkey_wo_markers.pub.rsa.txt", True, 2048, True),
            ("2048_testkey_PKCS8.key.pub.txt", True, 2048, True)):
        answer = asker.ask({}, [{"record": read(data, name).decode().strip()}])[0]
        asker.count("dkimpy", name, (answer["valid"], answer["bits"], answer["email"]) == (valid, bits, email),
                    "%s, expected %s" % (answer, (valid, bits, email)))
    asker.end("dkimpy")


def mailauth_rs(asker, root):
    for name in sorted(os.listdir(os.path.join(root, "dkim"))):
        head, _, content = read(root, "dkim", name).replace(b"\r\n", b"\n").partition(b"\n\n")
        zone = {}
        for line in head.decode().splitlines():
            key, _, value = line.partition(" ")
            zone.setdefault(key.rstrip(".").lower(), {}).setdefault("TXT", []).append(value)
        results = asker.message(zone, content, wall=1667843664)
        asker.count("mailauth-rs", name, results and all(r["result"] == "pass" for r in results),
                    "%s, expected pass" % short(results), results)
    asker.end("mailauth-rs")


def jdkim(asker, root):
    zone = {}
    for record in json.loads(read(root, "dns.json")):
        values = zone.setdefault(record["name"].lower(), {}).setdefault("TXT", [])
        if record["value"] not in values:
            values.append(record["value"])
    for case in json.loads(read(root, "expected.json")):
        results = asker.message(zone, read(root, case["file"]), legacy=True)
        good = (best(results) == "pass") == (case["result"] == "pass") and best(results) != "none"
        asker.count("jdkim", os.path.basename(case["file"]), good,
                    "%s, expected %s" % (short(results), case["result"]), results)
    asker.end("jdkim")
    return zone


def mimekit(asker, root):
    gmail = pem(read(root, "gmail.pub"))
    zone = {"20120113._domainkey.gmail.com": gmail,
            "brisbane._domainkey.football.example.com": {"TXT": [RFC8463]},
            "test._domainkey.football.example.com": None}
    for name in ("gmail.msg", "related.msg", "multipart-no-end-boundary.msg", "rfc8463-example.msg"):
        zone["test._domainkey.football.example.com"] = txt(
            read(root, "..", "dkim-dkimpy", "data", "test.txt"))
        results = asker.message(zone, read(root, name))
        asker.count("mimekit", name, results and all(r["result"] == "pass" for r in results),
                    "%s, expected pass" % short(results), results)
    asker.end("mimekit")
    return gmail


def main():
    shared, build = sys.argv[1], os.path.abspath(sys.argv[2])
    suites = os.path.join(shared, "suites", "auth")
    with tempfile.TemporaryDirectory() as folder:
        asker = Asker(build, folder, "--verbose" in sys.argv)
        maildkim(asker, os.path.join(suites, "dkim-maildkim"))
        chasquid(asker, os.path.join(suites, "dkim-chasquid"))
        mox(asker, os.path.join(suites, "dkim-mox"))
        mailauth_rs(asker, os.path.join(suites, "dkim-mailauth-rs"))
        zone = jdkim(asker, os.path.join(suites, "dkim-jdkim"))
        gmail = mimekit(asker, os.path.join(suites, "dkim-mimekit"))
        dkimpy(asker, os.path.join(suites, "dkim-dkimpy"), gmail, zone["2007-00._domainkey.kitterman.com"])
    print("%d passed, %d failed" % (asker.passed, asker.failed))
    return 1 if asker.failed else 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""Runs the public DMARC vectors: tests/evaluate/dmarc.py SHARED BUILD

SHARED holds suites/auth/dmarc-vectors and psl; BUILD is a meson build directory. Prints one line
a suite, each unexpected answer, and "N passed, N failed" at the end. Answers that differ for a
reason stand in ARGUED, each with the reason, and are not counted as failures.
"""
import json
import os
import re
import shlex
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "lib"))
import answers  # noqa: E402

NO_RECORD_ABOVE = ("the name above publishes no DMARC record, so the organizational domain is the author's own "
                   "(RFC 9989 4.10.2); RFC 7489 took it from a list")
ANY_ORDER = "tags may stand in any order behind v (RFC 9989 4.8)"
DEFAULTS = "a wrong value of this tag is discarded for its default (RFC 9989 4.8)"
REMOVED = "rf, ri and pct are no tags of RFC 9989 (4.7): unknown tags are ignored"
NO_EQUALS = "what is no tag is ignored (RFC 9989 4.8); the policy beside it stands"
PREFIX = "p=n is an abbreviation of that program, not one of the values (RFC 9989 4.8)"
DOTS = "a name with empty labels is no domain name (RFC 1035 2.3.1)"
ONE_DOMAIN = "both mailboxes have one domain, so there is one author domain (RFC 9989 5.3.1)"
FIRST_ONLY = "that program takes the first of several authors; each is checked here (RFC 9989 11.5)"
ARGUED = {(suite, test): reason for suite, tests, reason in (
    ("kumo", ["kumo/dmarc_dkim_relaxed_subdomain", "kumo/dmarc_dkim_relaxed_subdomain_deep"], NO_RECORD_ABOVE),
    ("mox-records", ["dmarc/TestParse/9"], ANY_ORDER),
    ("mox-lookup", ["mox/lookup/malformed.example"], NO_EQUALS),
    ("mox-verify", ["mox/verify/14"], NO_EQUALS),
    ("opendmarc-parse", ["v=DMARC1; p=n;"], PREFIX),
    ("opendmarc-parse", ["v=DMARC1; p=none; adkim=bob;", "v=DMARC1; p=none; aspf=bob;"], DEFAULTS),
    ("opendmarc-parse", ["v=DMARC1; p=none; rf=bob;", "v=DMARC1; p=none; ri=bob;", "v=DMARC1; p=none; pct=500;",
                         "v=DMARC1; p=none; rf=000000000000000000000000000000000"], REMOVED),
    ("opendmarc-alignment", [".mac.com. mac.com strict", "....mac.com.... mac.com strict"], DOTS),
    ("opendmarc-fromdomain", ["Joe Johnson <joe@joe.com>, ace@ace.com", "joe@joe.com, ace@ace.com"], FIRST_ONLY),
    ("mailauth-verify", ["dmarc-verify-test/25"], ONE_DOMAIN),
    ("mailauth-record", ["get-dmarc-record-test/11"], REMOVED),
) for test in tests}
# Members of mailauth's result object beside the result of DMARC: words, and what DKIM knows.
NOT_DMARC = {"info", "status.comment", "error", "alignment.dkim.underSized", "ri", "tagonly", "false"}


def records(value):
    """A vector's TXT value as the DNS file wants it."""
    if isinstance(value, dict):
        return "timeout"
    if isinstance(value, str):
        return value.lower()
    return ["".join(r) if isinstance(r, list) else r for r in value] or "nodata"


def zone_of(vector):
    zone = {}
    for name, types in vector.items():
        entry = zone.setdefault(name.rstrip(".").lower(), {})
        for kind, value in types.items():
            if kind == "TXT":
                entry["TXT"] = records(value)
            elif isinstance(value, dict):
                entry[kind] = "timeout"
        entry.setdefault("TXT", "nodata")
    return zone


def zone_file(path):
    zone = {}
    for line in open(path, encoding="utf-8"):
        words = shlex.split(line)
        if len(words) < 4:
            continue
        entry = zone.setdefault(words[0].rstrip(".").lower(), {})
        if words[2] == "TXT":
            entry.setdefault("TXT", []).append(words[3])
        else:
            entry["MX"] = [[int(words[3]), words[4].rstrip(".")]]
    return zone


def domain_of(address):
    return address.rsplit("@", 1)[-1]


class Suites:
    def __init__(self, exe, folder, where):
        self.exe, self.folder, self.where = exe, folder, where
        self.tally = answers.Tally(ARGUED)

    def load(self, name):
        with open(os.path.join(self.where, name + ".json"), encoding="utf-8") as f:
            return json.load(f)

    def one(self, question, zone=None):
        return answers.ask(self.exe, [question], zone, self.folder)[0]

    def judge(self, case, spf, dkim):
        authors = case["header_from"] if isinstance(case["header_from"], list) else [case["header_from"]]
        return self.one({"authors": [domain_of(a) for a in authors], "spf": spf or {}, "dkim": dkim},
                        zone_of(case["zone"]))

    def kumo(self):
        for case in self.load("kumo"):
            got = self.judge(case, case["spf"], case["dkim"])
            said = "pass" if got["result"] == "pass" else got["disposition"]
            self.tally.count("kumo", case["id"], said == case["expect"]["disposition"],
                             f"{said}, expected {case['expect']['disposition']}")
        self.tally.suite("kumo")

    def mox_verify(self):
        for case in self.load("mox-verify"):
            spf = dict(case["spf"], domain=case["spf"]["domain"] or "")
            got = self.judge(case, spf, case["dkim"])
            said = {"result": got["result"], "reject": got["result"] == "fail" and got["policy"] == "reject",
                    "spf_aligned": got["aligned_spf"], "dkim_aligned": got["aligned_dkim"]}
            self.tally.count("mox-verify", case["id"], said == case["expect"], f"{said}, expected {case['expect']}")
        self.tally.suite("mox-verify")

    def mox_lookup(self):
        for case in self.load("mox-lookup"):
            got = self.one({"authors": [case["domain"]]}, zone_of(case["zone"]))
            status = {"none": "none", "temperror": "temperror"}.get(got["result"], "ok")
            wanted = case["expect"]
            good = status == wanted["status"] and (status != "ok" or (
                got["policy_domain"] == wanted["policy_domain"] and "p=" + got["policy"] == wanted["record"]))
            self.tally.count("mox-lookup", case["id"], good, f"{status} {got['policy_domain']}, expected {wanted}")
        self.tally.suite("mox-lookup")

    def mox_external(self):
        for case in self.load("mox-external-report"):
            got = self.one({"policy_domain": case["policy_domain"], "host": case["report_host"]},
                           zone_of(case["zone"]))["answer"]
            good = (got in ("agreed", "inside")) == case["expect"]["accepts"]
            good &= (got == "later") == (case["expect"]["status"] == "temperror")
            self.tally.count("mox-external-report", case["id"], good, f"{got}, expected {case['expect']}")
        self.tally.suite("mox-external-report")

    def record_lists(self):
        for suite in ("mox-records", "opendmarc-parse"):
            for case in self.load(suite):
                got = self.one({"record": case["record"]})
                self.tally.count(suite, case.get("id", case["record"]), got["usable"] == case["valid"],
                                 f"usable {got['usable']}, expected {case['valid']}: {case['record']}")
            self.tally.suite(suite)

    def alignment(self):
        """These name no zone: the shorter of two related names publishes the record."""
        for case in self.load("opendmarc-alignment"):
            a, b = case["a"], case["b"]
            mode = "s" if case["mode"] == "strict" else "r"
            common = os.path.commonprefix([a.split(".")[::-1], b.split(".")[::-1]])[::-1]
            zone = {"_dmarc." + ".".join(common): {"TXT": [f"v=DMARC1; p=none; adkim={mode}"]},
                    "_dmarc." + a: {"TXT": [f"v=DMARC1; p=none; adkim={mode}"]}}
            got = self.one({"authors": [a], "dkim": [{"d": b, "result": "pass"}]},
                           {name: entry for name, entry in zone.items() if ".." not in name and name[-1] != "."})
            self.tally.count("opendmarc-alignment", f"{a} {b} {case['mode']}", got["aligned_dkim"] == case["aligned"],
                             f"{got['aligned_dkim']}, expected {case['aligned']}")
        self.tally.suite("opendmarc-alignment")

    def from_domains(self, suite, cases):
        for header, wanted in cases:
            header = re.sub("^From:", "", header)
            got = sorted(set(self.one({"from": header})["domains"]) - {""})
            said = got[0] if len(got) == 1 else None
            self.tally.count(suite, header, said == wanted, f"{got}, expected {wanted}")

    def maildmarc(self):
        zone = zone_file(os.path.join(self.where, "maildmarc.zone"))
        cases = self.load("maildmarc")["cases"]
        for case in cases:
            if case["kind"] == "org_domain":
                got = self.one({"authors": [case["domain"]]}, zone)
                good = got["organizational"] == case["expect"]["org_domain"]
                if case["expect"].get("record_found"):
                    good &= got["policy_domain"] != ""
                self.tally.count("maildmarc", case["domain"], good,
                                 f"{got['organizational']}, expected {case['expect']}")
            elif case["kind"] == "validate":
                got = self.one({"authors": [domain_of(case["header_from"])], "spf": case["spf"]}, zone)
                good = all(got[key] == value for key, value in case["expect"].items())
                self.tally.count("maildmarc", case["header_from"], good,
                                 f"{got['result']} {got['disposition']}, expected {case['expect']}")
        self.from_domains("maildmarc", [(c["header"], c["expect"]["domain"]) for c in cases
                                        if c["kind"] == "from_domain"])
        self.tally.suite("maildmarc")

    def mailauth(self, suite):
        for case in self.load(suite):
            case.setdefault("header_from", case.get("domain"))
            spf = [d if isinstance(d, str) else d["domain"] for d in case.get("spf_domains", [])]
            dkim = [d if isinstance(d, str) else d["domain"] for d in case.get("dkim_domains", [])]
            got = self.judge(case, {"domain": spf[0], "result": "pass"} if spf else {},
                             [{"d": d, "result": "pass"} for d in dkim])
            shown = self.as_mailauth(got, dkim, spf)
            wrong = [f"{e['path']} {e['op']} {e.get('args')}" for e in case["expect"]
                     if e["path"] not in NOT_DMARC and not self.holds(shown, e)]
            self.tally.count(suite, case["id"], not wrong, f"{case['test']}: {'; '.join(wrong)}; {got['result']}")
        self.tally.suite(suite)

    @staticmethod
    def as_mailauth(got, dkim, spf):
        """The parts of that program's result object that speak of DMARC."""
        if got["result"] == "none" and not got["record"]:
            return {"": False, "status.result": got["result"]}
        read = got["read"]
        return {
            "": {}, "status.result": got["result"], "policy": got["policy"], "domain": got["organizational"],
            "status.header.from": got["domain"], "status.header.d": got["organizational"],
            "alignment.dkim.strict": got["strict_dkim"], "alignment.spf.strict": got["strict_spf"],
            "alignment.dkim.result": dkim[0] if got["aligned_dkim"] else None,
            "alignment.spf.result": spf[0] if got["aligned_spf"] else None,
            "rr": got["record"], "v": "DMARC1", "p": read.get("p"), "sp": read.get("sp"), "pct": read.get("pct"),
            "adkim": read.get("adkim"), "aspf": read.get("aspf"), "fo": read.get("fo"),
            "rua": ",".join(read.get("rua", [])), "ruf": ",".join(read.get("ruf", [])),
            "isOrgRecord": got["policy_domain"] != got["domain"],
        }

    @staticmethod
    def holds(shown, expected):
        value = shown.get(expected["path"])
        if expected["op"] == "to.equal":
            return value == expected["args"][0]
        if expected["op"] == "to.be.true":
            return value is True
        if expected["op"] == "to.be.false":
            return value is False
        if expected["op"] in ("to.not.be.ok", "to.be.undefined"):
            return not value
        return value is not None

    def public_suffixes(self, path):
        for line in open(path, encoding="utf-8"):
            m = re.match(r"checkPublicSuffix\((null|'.*'), (null|'.*')\)", line)
            if not m or m.group(1) == "null":
                continue
            name, wanted = (None if g == "null" else g.strip("'") for g in m.groups())
            ascii_wanted = wanted and wanted.encode("idna").decode()
            got = self.one({"name": name})["domain"] or None
            self.tally.count("psl", name, got == ascii_wanted, f"{got}, expected {ascii_wanted}")
        self.tally.suite("psl")


def main():
    shared, build = sys.argv[1], os.path.abspath(sys.argv[2])
    where = os.path.join(shared, "suites", "auth")
    with tempfile.TemporaryDirectory() as folder:
        exe = answers.build(build, folder, "auth_answers.c", ("auth", "dns", "dkim", "url", "mail", "base"),
                            ("jansson", "libxxhash", "libcrypto", "libpsl", "icu-uc", "icu-i18n"))
        s = Suites(exe, folder, os.path.join(where, "dmarc-vectors"))
        s.kumo()
        s.mox_verify()
        s.mox_lookup()
        s.mox_external()
        s.record_lists()
        s.alignment()
        s.from_domains("opendmarc-fromdomain", [(c["header"], c["domain"]) for c in s.load("opendmarc-fromdomain")])
        s.tally.suite("opendmarc-fromdomain")
        s.maildmarc()
        s.mailauth("mailauth-verify")
        s.mailauth("mailauth-record")
        s.public_suffixes(os.path.join(where, "psl", "tests", "test_psl.txt"))
    return s.tally.finish()


if __name__ == "__main__":
    sys.exit(main())

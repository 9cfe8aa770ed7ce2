#!/usr/bin/env python3
"""Runs the public suites of mail addresses: tests/evaluate/address.py SHARED BUILD

SHARED holds suites/auth/addr-*; BUILD is a meson build directory. One line a suite and class, each
unexpected answer, and "N passed, N failed" at the end. Answers that differ for a reason that
argued() knows are not counted as failures.
"""
import json
import os
import re
import sys
import tempfile
import xml.etree.ElementTree as ET

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "lib"))
import answers  # noqa: E402

# What SMTP may accept of the classes of isemail.
ACCEPTED = {"ISEMAIL_VALID_CATEGORY", "ISEMAIL_DNSWARN", "ISEMAIL_RFC5321"}
LONG = "addresses of bounces are longer than RFC 5321 4.5.3.1 asks for; names that the DNS cannot hold are not found in it"
EMPTY = "an empty local part stands for the null reverse-path only; nobody has such a mailbox"
ONE_GROUP = "RFC 4291 2.2 lets :: stand for a single group"
EMOJI = "a label is at most 63 bytes (RFC 1035 2.3.4), and these are no letters of IDNA2008"
UPPER = "UTF8-non-ascii is everything above U+007F (RFC 6532 3.1)"
SURROGATES = "half a surrogate pair cannot be written in UTF-8, so the question itself is another one"
DIGITS = "a label may begin and end with a digit (RFC 5321 4.1.2); no such name is found in the DNS"
ASTERISK = "an asterisk is no letter of a domain (RFC 5321 4.1.2)"
ASIS = "a name in ASCII is asked as it stands; only other names need IDNA"
JOINED = "words and quoted strings of a local part are one mailbox (RFC 5322 4.4), written here as one"
COMMENT = "an address in a comment is no address (RFC 5322 3.2.2)"
STD3 = "what other ASCII characters a name holds is the business of the DNS (UseSTD3ASCIIRules is false)"
NEWER = "a character whose mapping changed in Unicode 15.1 or 16; ICU of Debian 12 knows Unicode 15"
CHANGED = re.compile("[\u115f\u1e9e\u2132\u2183\u04c0\u10a0-\u10c5\uf951\U0002f868\U0002f874\U0002f91f\U0002f95f\U0002f9bf]")
# An address as anybody would write it: what that reader makes of the rest is not compared.
PLAIN = re.compile(r'(?:"(?:[^"\\]|\\.)*"|[^][\s"<>@\x00-\x1f]+)@[^][\s"<>@\x00-\x1f]+$')


def argued(suite, address, diagnosis):
    if re.search("TooLong|TOOLONG", diagnosis):
        return LONG
    if address == '""@iana.org':
        return EMPTY
    if "6666::8888" in address:
        return ONE_GROUP
    if suite == "hapi" and address.startswith("test@\U0001f606"):
        return EMOJI
    if re.search("[\ud800-\udfff]", address):
        return SURROGATES
    if suite == "hapi" and re.fullmatch('"(test\\\\)?[\x80-\x9f]"@iana.org', address):
        return UPPER
    return None


# What of UTS #46 the DNS says by itself: lengths, empty labels, hyphens.
LEFT_TO_DNS = {"A4_1", "A4_2", "A4", "X4", "V2", "V3", "X3"}


class Suites:
    def __init__(self, exe, where):
        self.exe, self.where, self.tally = exe, where, answers.Tally({})

    def one(self, suite, address, diagnosis, valid, wanted):
        name = ascii(address)[:80]
        reason = argued(suite, address, diagnosis)
        if reason:
            self.tally.argued_cases[suite, name] = reason
        self.tally.count(suite, name, valid == wanted, f"valid {valid}, of {diagnosis}")

    def valid(self, cases):
        """cases: (address, utf8); the suites show control characters as their pictures."""
        pictures = {0x2400 + c: c for c in list(range(0x20)) + [0x7f]}
        questions = [{"mailbox": text.translate(pictures), "utf8": utf8} for text, utf8 in cases]
        return [a["valid"] for a in answers.ask(self.exe, questions)]

    def isemail(self, name):
        tests = [(t.findtext("address") or "", t.findtext("category"), t.findtext("diagnosis"))
                 for t in ET.parse(os.path.join(self.where, "addr-isemail", name + ".xml")).getroot().findall("test")]
        got = self.valid([(address, False) for address, _, _ in tests])
        for category in sorted({c for _, c, _ in tests}):
            for (address, which, diagnosis), valid in zip(tests, got):
                if which == category:
                    self.one(name, address, diagnosis, valid, category in ACCEPTED)
            self.tally.suite(f"{name} {category[8:].lower()}")

    def hapi(self):
        tests = json.load(open(os.path.join(self.where, "addr-isemail-hapi", "tests.json"), encoding="utf-8"))
        got = self.valid([(address.encode("utf-8", "surrogatepass").decode("utf-8", "replace"), True)
                          for address, *_ in tests])
        for test, valid in zip(tests, got):
            wanted = test[1] == "valid" or test[1].startswith(("rfc5321", "dns"))
            self.one("hapi", test[0], test[1], valid, wanted)
        self.tally.suite("hapi")

    def jakarta(self):
        """Fields as a lenient reader takes them, without groups."""
        text = open(os.path.join(self.where, "addr-jakarta", "addrlist"), encoding="latin-1").read()
        for m in re.finditer(r"^(?:To|Cc|From): (.*(?:\n[ \t].*)*)\nExpect: (\d+)\n((?:\t.*\n)*)", text, re.M):
            header, wanted = m.group(1), m.group(3).replace("\t", "").splitlines()
            if ":" in header or not all(PLAIN.match(a) for a in wanted):
                continue
            got = answers.ask(self.exe, [{"list": re.sub(r"\n(?=[ \t])", "", header)}])[0]["addresses"]
            name = ascii(header)[:80]
            if header.startswith('"foo..bar".baz'):
                self.tally.argued_cases["jakarta", name] = JOINED
            if header == '"john doe" (john.doe@a.com)':
                self.tally.argued_cases["jakarta", name] = COMMENT
            self.tally.count("jakarta", name, [a for a in got if a] == wanted, f"{got}, expected {wanted}")
        self.tally.suite("jakarta addrlist")

    def postfix(self):
        util = os.path.join(self.where, "addr-postfix", "util")
        with open(os.path.join(util, "valid_hostname.ref"), encoding="latin-1") as f:
            text = f.read()
        for name, said in re.findall(r'testing: "(.*)"\n((?:.*warning.*\n)*)', text):
            got = answers.ask(self.exe, [{"hostname": name}])[0]["valid"]
            if re.fullmatch("[0-9.]+", name):
                self.tally.argued_cases["valid_hostname", name] = DIGITS
            if "*" in name:
                self.tally.argued_cases["valid_hostname", name] = ASTERISK
            self.tally.count("valid_hostname", name, got == ("warning: valid_hostname:" not in said),
                             f"{got}, {said.strip()}")
        self.tally.suite("postfix valid_hostname")
        with open(os.path.join(util, "midna_domain_test.ref"), encoding="utf-8", errors="replace") as f:
            text = f.read()
        for name, wanted in re.findall(r'^[^ ]+ "([^"]*)" ->ascii "(.*)"$', text, re.M):
            if " ->utf8 " in wanted:
                continue
            got = answers.ask(self.exe, [{"ascii": name}])[0]["ascii"]
            if name.isascii():
                self.tally.argued_cases["midna", name] = ASIS
            self.tally.count("midna", name, (got or "(error)") == wanted, f"{got}, expected {wanted}")
        self.tally.suite("postfix midna_domain")

    def idna(self):
        """Names that need IDNA: ASCII ones are asked as they stand."""
        rows = [r for r in idna_rows(os.path.join(self.where, "idna", "IdnaTestV2-Unicode16.txt"))
                if not r[0].isascii() and not re.search("[\ud800-\udfff]", r[0])]
        got = answers.ask(self.exe, [{"ascii": name} for name, _, _ in rows])
        for (name, wanted, errors), answer in zip(rows, got):
            if errors and errors <= LEFT_TO_DNS:
                continue
            if CHANGED.search(name):
                self.tally.argued_cases["idna", ascii(name)] = NEWER
            if errors == {"U1"}:
                self.tally.argued_cases["idna", ascii(name)] = STD3
            self.tally.count("idna", ascii(name), answer["ascii"] == (None if errors else wanted.lower().rstrip(".")),
                             f"{answer['ascii']}, expected {wanted} {sorted(errors)}")
        self.tally.suite("idna")


def unescaped(text):
    return re.sub(r"\\u([0-9A-Fa-f]{4})|\\x\{([0-9A-Fa-f]+)\}", lambda m: chr(int(m.group(1) or m.group(2), 16)), text)


def idna_rows(path):
    """(name, its A-labels, what is wrong with it) of UTS #46, nontransitional."""
    for line in open(path, encoding="utf-8"):
        columns = [c.strip() for c in line.split("#")[0].split(";")]
        if len(columns) < 5:
            continue
        source, unicode, status, ascii_, ascii_status = (("" if c == '""' else unescaped(c)) for c in columns[:5])
        unicode = unicode if columns[1] else source
        errors = columns[4] or columns[2]
        yield source, (ascii_ if columns[3] else unicode), set(re.findall("[A-Z][0-9]+", errors))


def main():
    shared, build = sys.argv[1], os.path.abspath(sys.argv[2])
    with tempfile.TemporaryDirectory() as folder:
        exe = answers.build(build, folder, "address_answers.c", ("auth", "dns", "dkim", "url", "mail", "base"),
                            ("jansson", "libxxhash", "libcrypto", "libpsl", "icu-uc", "icu-i18n"))
        s = Suites(exe, os.path.join(shared, "suites", "auth"))
        s.isemail("tests")
        s.isemail("tests-original")
        s.hapi()
        s.jakarta()
        s.postfix()
        s.idna()
    return s.tally.finish()


if __name__ == "__main__":
    sys.exit(main())

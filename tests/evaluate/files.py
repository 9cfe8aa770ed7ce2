#!/usr/bin/env python3
"""tests/evaluate/files.py SHARED BUILD - what poterne scan finds in the files of SHARED/corpora.

Each file of docs-pdf, lnk-url-hta and polyglots is sent in a message of its own, as document.dat
(application/octet-stream): only its content speaks. For each set and kind: how many files carry
it, by a plain look that shares no code with the inspector (every stream inflated, then words; the
sets' names and folders), how many of those were found, and how many others were named. The misses
stay in build/evaluate/files-missed.txt, the answers beside them.
"""
import base64
import collections
import os
import re
import sys
import tarfile
import zlib

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import corpora  # noqa: E402

SETS = ["docs-pdf", "lnk-url-hta", "polyglots"]
NO_FILE = re.compile(r"(^|/)(README|LICENSE|\.git|requirements\.txt)", re.I)
ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")
# What a PDF file carries, by the words of ISO 32000.
PDF = {
    "script": rb"/JS\s*[(<0-9]|/S\s*/JavaScript\b",
    "launch": rb"/S\s*/Launch\b",
    "embedded file": rb"/EF\s*<<",
    "encrypted": rb"/Encrypt\s*(\d+\s+\d+\s+R|<<)",
    "link": rb"/URI\s*\(\s*[A-Za-z][A-Za-z0-9+.-]*:",
}
FOUND = {
    "script": {"PDF_SCRIPT", "PDF_OPEN_SCRIPT", "PDF_DOCUMENT_SCRIPT", "PDF_FORM_SCRIPT"},
    "launch": {"PDF_LAUNCH"},
    "embedded file": {"PDF_FILE"},
    "encrypted": {"PDF_RESTRICTED", "ATTACHMENT_ENCRYPTED"},
    "link": {"URL"},
}
# Signatures at the very start, for the sets that are no PDF.
STARTS = {
    "shortcut": (rb"\x4c\0\0\0\x01\x14\x02\0", {"SHORTCUT", "ATTACHMENT_EXECUTABLE"}),
    "help file": (rb"ITSF", {"ATTACHMENT_EXECUTABLE"}),
    "program": (rb"MZ", {"ATTACHMENT_EXECUTABLE"}),
    "disk image": (rb"(?s).{32769}CD001", {"DISK_IMAGE"}),
}
SCRIPTS = {".vbs", ".js", ".jse", ".sct", ".hta", ".inf", ".xsl", ".bat", ".ps1"}


def inflated(data):
    """The file and all of its streams that inflate."""
    pieces = [data]
    for m in re.finditer(rb"stream\r?\n", data):
        try:
            pieces.append(zlib.decompressobj().decompress(data[m.end():], 4 << 20))
        except zlib.error:
            pass
    return ESCAPED.sub(lambda m: bytes([int(m.group(1), 16)]), b"\n".join(pieces))


def carried(corpus, name, data):
    """kind -> the findings that name it."""
    kinds = {}
    if corpus == "docs-pdf":
        if b"%PDF-" in data[:1024]:
            words = inflated(data)
            kinds = {kind: FOUND[kind] for kind, pattern in PDF.items() if re.search(pattern, words)}
        return kinds
    for kind, (pattern, found) in STARTS.items():
        if re.match(pattern, data):
            kinds[kind] = found
    if corpus == "lnk-url-hta" and os.path.splitext(name)[1].lower() in SCRIPTS:
        kinds["script"] = {"ATTACHMENT_SCRIPT"}
    return kinds


def message(data):
    body = base64.encodebytes(data).replace(b"\n", b"\r\n")
    return (b"From: a@partner.example\r\nTo: b@hospital.example\r\nSubject: document\r\n"
            b"Date: Sat, 21 Nov 2026 10:00:00 +0100\r\nMessage-ID: <1@partner.example>\r\n"
            b"MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
            b"--b\r\nContent-Type: text/plain\r\n\r\nThe document.\r\n"
            b"--b\r\nContent-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n"
            b"Content-Disposition: attachment; filename=document.dat\r\n\r\n" + body + b"--b--\r\n")


def unpack(shared, corpus):
    """Writes one message for each file; answers file name -> what it carries."""
    folder = os.path.join(corpora.WORK, f"files-{corpus}")
    truth = {}
    os.makedirs(folder, exist_ok=True)
    with tarfile.open(os.path.join(shared, "corpora", f"{corpus}.tar.xz"), "r:xz") as tar:
        for member in tar:
            if not member.isfile() or NO_FILE.search(member.name):
                continue
            data = tar.extractfile(member).read()
            if data.startswith(b"TAAAAAEUAg"):  # one source keeps its shortcuts in base64
                data = base64.b64decode(data)
            name = member.name.replace("/", "_") + ".eml"
            with open(os.path.join(folder, name), "wb") as f:
                f.write(message(data))
            truth[name] = carried(corpus, member.name, data)
    return folder, truth


def named(answer):
    names = {f["name"] for f in answer["anomalies"] + answer["symbols"]}
    return names | ({"URL"} if answer.get("urls") else set())


def table(corpus, answers, truth, missed):
    carry, hit, extra, of = (collections.Counter() for _ in range(4))
    for a in answers:
        truth[os.path.basename(a["file"])].pop("" if "urls" in a else "link", None)
        name = os.path.basename(a["file"])
        for kind, findings in truth[name].items():
            carry[kind] += 1
            of[kind] = findings
            if named(a) & findings:
                hit[kind] += 1
            else:
                missed.write(f"{corpus} {kind}: {name} {a['action']} {' '.join(sorted(named(a)))}\n")
        for kind, findings in FOUND.items() if corpus == "docs-pdf" else ():
            extra[kind] += kind not in truth[name] and bool(named(a) & findings)
    for kind in sorted(carry):
        print(f"{corpus:<14} {kind:<16} {carry[kind]:>8} {hit[kind]:>8} {100 * hit[kind] / carry[kind]:>7.1f} "
              f"{extra[kind]:>8}")


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    shared, build = sys.argv[1:]
    os.makedirs(corpora.WORK, exist_ok=True)
    rows = []
    with open(os.path.join(corpora.WORK, "files-missed.txt"), "w", encoding="utf-8") as missed:
        print(f"{'set':<14} {'kind':<16} {'carry it':>8} {'found':>8} {'%':>7} {'others':>8}")
        for corpus in SETS:
            folder, truth = unpack(shared, corpus)
            answers, _ = corpora.scan(build, folder)
            table(corpus, answers, truth, missed)
            rows.append((f"files-{corpus}", answers))
    print()
    print(corpora.HEAD)
    for name, answers in rows:
        corpora.row(name, answers)


if __name__ == "__main__":
    main()

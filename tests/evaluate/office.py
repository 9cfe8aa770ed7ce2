#!/usr/bin/env python3
"""tests/evaluate/office.py SHARED BUILD - what the documents of SHARED/corpora/docs-office carry
and what was found in them.

Each file is sent as an attachment through poterne scan; locked zip files of analysis tools are
opened with the password of their makers first. What a file carries is known from its folder and
name. Prints a table (feature, files, found), then every miss and every finding on a harmless
file, then the time of the slowest.
"""
import base64
import fnmatch
import io
import json
import os
import re
import subprocess
import sys
import tarfile
import zipfile

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
WORK = os.path.join(TOP, "build", "evaluate", "office")
PASSWORD = b"infected-test"  # of oletools' samples

# (feature, findings of which one must be there, names of files)
CARRIED = [
    ("VBA macros", ["DOCUMENT_MACRO"],
     ["atomic*.xlsm", "atomic*.ppam", "*/olevba/*", "*/oleform/*", "mailu/*.doc"]),
    ("stomped VBA", ["MACRO_STOMPED"], ["mailu/*stomped*"]),
    ("Excel 4.0 macros", ["DOCUMENT_XLM"], ["*/excel4-macros/*", "mailu/*.slk"]),
    ("DDE", ["DOCUMENT_DDE"], ["*/msodde/dde*", "*/ooxml/dde*", "*/T1559.002/*"]),
    ("external template or object", ["DOCUMENT_EXTERNAL_TEMPLATE", "DOCUMENT_EXTERNAL_OBJECT"],
     ["*/external_link/*", "*/T1221/*"]),
    ("embedded file", ["DOCUMENT_PACKAGE"], ["*/oleobj/embedded*", "*/oleobj/sample_with_*.*"]),
    ("embedded program", ["ATTACHMENT_EXECUTABLE"],
     ["*/sample_with_calc_embedded*", "*/sample_with_lnk_file*"]),
    ("object in RTF", ["RTF_OBJECT"], ["*/rtfobj/*"]),
    ("encryption", ["ATTACHMENT_ENCRYPTED", "DOCUMENT_DEFAULT_PASSWORD", "ARCHIVE_OPENED_WITH_PASSWORD"],
     ["*/encrypted/*", "msoffcrypto/*password*", "*/ole2_encryption/*", "*/basic/encrypted*"]),
]
HARMLESS = ["*/harmless*", "*/plain.*", "*/has_png*", "*.xps", "*/basic/text", "*/basic/empty", "*/T1218/*"]
NOT_A_DOCUMENT = ["README.md", "*/screnc_test", "*/eicar*"]


def matches(name, patterns):
    return any(fnmatch.fnmatch(name, p) for p in patterns)


def unlocked(name, data):
    """The only member of a zip file, opened with the makers' password, or the file itself."""
    if not name.endswith(".zip"):
        return name, data
    with zipfile.ZipFile(io.BytesIO(data)) as z:
        member = z.infolist()[0]
        return name, z.read(member, pwd=PASSWORD)


def mail(name, data):
    label = re.sub(r"[^A-Za-z0-9._-]", "_", os.path.basename(name))
    return (b"From: Anne Martin <anne@partner.example>\r\nTo: bob@hospital.example\r\n"
            b"Subject: document\r\nDate: Sun, 22 Nov 2026 01:00:00 +0000\r\nMessage-ID: <1@partner.example>\r\n"
            b"MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b0\r\n\r\n--b0\r\n"
            b"Content-Type: text/plain\r\n\r\nBonjour, voici le document.\r\n--b0\r\n"
            b"Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n"
            b"Content-Disposition: attachment; filename=\"" + label.encode() + b"\"\r\n\r\n" +
            base64.encodebytes(data).replace(b"\n", b"\r\n") + b"\r\n--b0--\r\n")


def write_mails(shared):
    """NAME of the corpus by the file name of its mail."""
    names = {}
    os.makedirs(WORK, exist_ok=True)
    for old in os.listdir(WORK):
        os.remove(os.path.join(WORK, old))
    with tarfile.open(os.path.join(shared, "corpora", "docs-office.tar.xz"), "r:xz") as tar:
        for member in tar:
            name = member.name.split("/", 1)[-1]
            if not member.isfile() or matches(name, NOT_A_DOCUMENT):
                continue
            name, data = unlocked(name, tar.extractfile(member).read())
            file = f"{len(names):04}.eml"
            names[file] = name
            with open(os.path.join(WORK, file), "wb") as f:
                f.write(mail(name, data))
    return names


def scan(build, names):
    """The answer to each file of the corpus."""
    programs = os.path.abspath(os.path.join(build, "src"))
    no_names = os.path.join(os.path.dirname(WORK), "no-names.json")
    with open(no_names, "w", encoding="ascii") as f:
        f.write("{}")
    out = subprocess.run([os.path.join(programs, "poterne"), "scan", "--json", "--dns", no_names, "--set",
                          f"paths.programs={programs}", "--set", f"paths.rules={TOP}/rules", "--set",
                          f"paths.lists={TOP}/lists", WORK], stdout=subprocess.PIPE).stdout
    answers = (json.loads(line) for line in out.splitlines())
    return {names[os.path.basename(a["file"])]: a for a in answers}


def found(answer):
    return {x["name"] for x in answer["anomalies"]}


def main(shared, build):
    answers = scan(build, write_mails(shared))
    misses = []
    print(f"{'carried':<30} {'files':>5} {'found':>5} {'held or refused':>16}")
    for feature, findings, patterns in CARRIED:
        files = sorted(n for n in answers if matches(n, patterns))
        hits = [n for n in files if found(answers[n]) & set(findings)]
        held = sum(answers[n]["action"] in ("quarantine", "reject") for n in files)
        misses += [f"{feature} not found in {n}" for n in files if n not in hits]
        print(f"{feature:<30} {len(files):>5} {len(hits):>5} {held:>16}")
    harmless = sorted(n for n in answers if matches(n, HARMLESS))
    quiet = [n for n in harmless if not found(answers[n])]
    misses += [f"{n}: {' '.join(found(answers[n]))}" for n in harmless if n not in quiet]
    known = [p for _, _, patterns in CARRIED for p in patterns] + HARMLESS
    misses += [f"{n}: in no row" for n in answers if not matches(n, known)]
    print(f"{'nothing':<30} {len(harmless):>5} {len(harmless) - len(quiet):>5}")
    print("\n".join(misses) or "no miss")
    errors = [n for n in answers if answers[n]["error"]]
    worst = max(answers, key=lambda n: answers[n]["time_us"]["inspect"])
    print(f"{len(answers)} files, {len(errors)} errors {' '.join(errors)}, slowest "
          f"{answers[worst]['time_us']['inspect'] / 1000:.1f} ms ({worst})")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])

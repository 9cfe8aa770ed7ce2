#!/usr/bin/env python3
"""tests/evaluate/archives.py SHARED BUILD - what poterne scan finds in the archives of SHARED/corpora.

Each archive is sent in a clean message. What it carries is known from its name and its source:
encrypted ones, those of ClamAV with their harmless program, damaged ones, and the others, which
have members. The table says how many were recognised for what they are (found), how many were
held because they could not be read to their end (held), and how many passed unseen (missed);
each of the last is named below it. A second row sends the encrypted ones with their passwords.
Bombs are made here, with their time and the memory of the largest process.
"""
import base64
import collections
import json
import os
import re
import resource
import shutil
import struct
import subprocess
import sys
import tarfile
import time
import zlib

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
WORK = os.path.join(TOP, "build", "evaluate", "archives")
# What the sources' own tests open their files with.
PASSWORDS = "password secret hello 12345678 passw0rd aes 123456 test foo"
ENCRYPTED = re.compile(r"encrypt|psw|passphrase|winzip_aes|aes256|strong_enc|rar5_solid_enc", re.I)
NOT_ENCRYPTED = re.compile(r"only_crypt_exfld|nopsw|a\.bin$|crypto|encryption_header_bad")
DAMAGED = re.compile(r"cve|bug|failure|invalid|fuzz|overflow|overread|corrupt|crash|malformed|bad_|_bad|truncat|oom|leak|"
                     r"partial|hang|loop|vuln|violation|negative|toolong|desync|huge|unsupported|endarc|missing|nodata|"
                     r"wrong-entry|exceeds|read-|oob|use_after|lzx-|qtm-", re.I)
SOURCES = {".py", ".txt", ".md", ".debian", ".xml", ".mtree", ".yml"}
HELD = {"quarantine", "reject"}


def message(name, data, text="Please find the file attached.\n"):
    body = base64.encodebytes(data).decode()
    return (f"From: Marie Durand <marie@partner.example>\r\nTo: accueil@hopital.example\r\nSubject: file\r\n"
            f"Date: Sat, 21 Nov 2026 10:00:00 +0100\r\nMessage-ID: <1@partner.example>\r\nMIME-Version: 1.0\r\n"
            f"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\n{text}\r\n--b\r\n"
            f"Content-Type: application/octet-stream; name=\"{name}\"\r\nContent-Transfer-Encoding: base64\r\n"
            f"Content-Disposition: attachment; filename=\"{name}\"\r\n\r\n{body}\r\n--b--\r\n").encode()


def scan(build, folder):
    """The answers by file name, the CPU seconds, the peak of memory in MB."""
    programs = os.path.abspath(os.path.join(build, "src"))
    no_names = os.path.join(WORK, "no-names.json")
    with open(no_names, "w", encoding="ascii") as f:
        f.write("{}")
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    r = subprocess.run([os.path.join(programs, "poterne"), "scan", "--json", "--dns", no_names,
                        "--set", f"paths.programs={programs}", "--set", f"paths.rules={TOP}/rules",
                        "--set", f"paths.lists={TOP}/lists", folder], capture_output=True, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if r.returncode not in (0, 1):
        print(f"! exit status {r.returncode}: {r.stderr[-300:]}")
    answers = {os.path.basename(a["file"]): a for a in map(json.loads, r.stdout.splitlines())}
    return answers, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def kind(source, path):
    name = os.path.basename(path)
    if ENCRYPTED.search(name) and not NOT_ENCRYPTED.search(name):
        return "encrypted"
    if source == "clamav-testfiles":
        return "program"
    return "damaged" if DAMAGED.search(path) else "members"


def findings(answer):
    return {f["name"] for f in answer["anomalies"]}


def verdict(what, answer):
    names, parts = findings(answer), answer["parts"]
    if answer["error"]:
        return "held" if answer["action"] in HELD else "missed"
    if what == "encrypted":
        found = names & {"ATTACHMENT_ENCRYPTED", "ARCHIVE_OPENED_WITH_PASSWORD"}
    elif what == "program":
        found = "ATTACHMENT_EXECUTABLE" in names
    elif what == "members":
        found = len(parts) > 3 or not names & {"ARCHIVE_BROKEN", "ARCHIVE_UNREADABLE"}
    else:
        found = answer["action"] in HELD
    return "found" if found else "held" if answer["action"] in HELD else "missed"


def unpack(shared):
    """Writes one message for each archive; the archives themselves are never written."""
    sets = collections.defaultdict(list)
    with tarfile.open(os.path.join(shared, "corpora", "archives.tar.xz"), "r:xz") as tar:
        for member in tar:
            path = member.name.split("/", 2)
            if not member.isfile() or len(path) < 3 or os.path.splitext(member.name)[1] in SOURCES:
                continue
            data = tar.extractfile(member).read()
            for text, row in ((None, kind(path[1], path[2])), (PASSWORDS, "with password")):
                if text and kind(path[1], path[2]) != "encrypted":
                    continue
                name = f"{path[1]}_{path[2].replace('/', '_')}{'_with_password' if text else ''}.eml"
                with open(os.path.join(WORK, "mail", name), "wb") as f:
                    f.write(message(os.path.basename(member.name), data, *([text] if text else [])))
                sets[path[1], row].append(name)
    return sets


def table(sets, answers):
    print(f"{'source':<20} {'carries':<14} {'files':>6} {'found':>6} {'held':>6} {'missed':>6}")
    missed, closed = [], []
    for (source, what), names in sorted(sets.items()):
        counts = collections.Counter()
        for name in names:
            if what == "with password":
                opened = "ARCHIVE_OPENED_WITH_PASSWORD" in findings(answers[name])
                counts["found" if opened else "held"] += 1
                closed += [] if opened else [name]
                continue
            v = verdict(what, answers[name])
            counts[v] += 1
            if v == "missed":
                missed.append(f"{what}: {name}: {' '.join(sorted(findings(answers[name]))) or 'nothing found'}")
        print(f"{source:<20} {what:<14} {len(names):>6} {counts['found']:>6} {counts['held']:>6} {counts['missed']:>6}")
    for line in missed:
        print("missed", line)
    print("not opened:", *closed)


def zip_bytes(members, offsets=None):
    """members: (name, packed, size, crc, method); offsets: where the directory points instead."""
    out, at = b"", []
    for name, packed, size, crc, method in members:
        at.append(len(out))
        out += struct.pack("<4s5H3I2H", b"PK\3\4", 20, 0, method, 0, 0, crc, len(packed), size, len(name), 0) + name + packed
    directory = b""
    for i, (name, packed, size, crc, method) in enumerate(offsets or members):
        where = at[0] if offsets else at[i]
        directory += struct.pack("<4s6H3I5H2I", b"PK\1\2", 20, 20, 0, method, 0, 0, crc, len(packed), size, len(name), 0, 0,
                                 0, 0, 0, where) + name
    n = len(offsets or members)
    return out + directory + struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, n, n, len(directory), len(out), 0)


def deflated(data, rounds=1):
    c = zlib.compressobj(9, zlib.DEFLATED, -15)
    out = b"".join(c.compress(data) for _ in range(rounds)) + c.flush()
    return out


def bombs():
    zeros = bytes(1 << 20)
    crc = 0
    for _ in range(100):
        crc = zlib.crc32(zeros, crc)
    member = (b"0", deflated(zeros, 100), 100 << 20, crc, 8)
    big = zip_bytes([member])
    nested = big
    for _ in range(4):
        packed = deflated(nested)
        nested = zip_bytes([(b"lib %d.zip" % i, packed, len(nested), zlib.crc32(nested), 8) for i in range(16)])
    yield "42.zip", nested
    yield "100 MB of zeros.zip", big
    yield "overlap.zip", zip_bytes([member], [(b"%d" % i,) + member[1:] for i in range(250)])
    yield "zeros.gz", subprocess.run(["gzip", "-9"], input=zeros * 60, capture_output=True, check=True).stdout
    yield "many.zip", zip_bytes([(b"%d" % i, b"", 0, 0, 0) for i in range(60000)])
    deep = zip_bytes([(b"a.txt", b"hello", 5, zlib.crc32(b"hello"), 0)])
    for _ in range(12):
        deep = zip_bytes([(b"a.zip", deep, len(deep), zlib.crc32(deep), 0)])
    yield "12 deep, benign.zip", deep


def measure_bombs(build):
    print(f"\n{'bomb':<22} {'KB':>6} {'action':<11} {'ms':>7}  findings")
    for name, data in bombs():
        folder = os.path.join(WORK, "bomb")
        shutil.rmtree(folder, ignore_errors=True)
        os.makedirs(folder)
        with open(os.path.join(folder, "bomb.eml"), "wb") as f:
            f.write(message(name, data))
        answers, _ = scan(build, folder)
        a = answers["bomb.eml"]
        print(f"{name:<22} {len(data) >> 10:>6} {a['action']:<11} {a['time_us']['total'] / 1000:>7.0f}  "
              f"{' '.join(sorted(findings(a)))} {a['error'] or ''}")
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss >> 10
    print(f"largest process: {peak} MB resident")


def main():
    shared, build = sys.argv[1], sys.argv[2]
    shutil.rmtree(WORK, ignore_errors=True)
    os.makedirs(os.path.join(WORK, "mail"))
    sets = unpack(shared)
    began = time.time()
    answers, cpu = scan(build, os.path.join(WORK, "mail"))
    with open(os.path.join(WORK, "answers.json"), "w", encoding="utf-8") as f:
        json.dump(answers, f)
    table(sets, answers)
    worst = max(answers.values(), key=lambda a: a["time_us"]["total"])
    print(f"{len(answers)} messages in {time.time() - began:.1f} s ({cpu:.1f} CPU); slowest {worst['time_us']['total'] / 1000:.0f} ms: "
          f"{os.path.basename(worst['file'])}; errors: {sum(a['error'] is not None for a in answers.values())}")
    measure_bombs(build)


main()

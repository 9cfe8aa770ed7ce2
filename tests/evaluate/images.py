#!/usr/bin/env python3
"""tests/evaluate/images.py SHARED BUILD - what is read of the QR codes of corpora/qr-phishing.

Each picture is sent as the only part of a mail. Its name says what it carries: several codes, an
inverted one, a link, a card of a person. Prints a line for each and "N passed, N failed"; what is
missed for a reason stands in ARGUED.
"""
import base64
import json
import os
import subprocess
import sys
import tarfile

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
WORK = os.path.join(TOP, "build", "evaluate", "images")
KINDS = {"jpg": "jpeg"}
ARGUED = {"heic": "HEIF is not decoded: IMAGE_UNREAD says so", "heif": "as heic", "avif": "as heic"}
# The beginning of what a code of that name says.
EXPECTED = {"url": "http", "email": "mailto:", "phone": "tel:", "sms": "smsto:", "wifi": "WIFI:", "vcard": "BEGIN:VCARD",
            "event": "BEGIN:VEVENT", "mecard": "MECARD:", "epc": "BCD"}


def write_mail(name, data):
    kind = name.rsplit(".", 1)[-1]
    path = os.path.join(WORK, name + ".eml")
    with open(path, "wb") as f:
        f.write(b"From: <a@partner.example>\r\nTo: <b@hopital.example>\r\nSubject: x\r\nMIME-Version: 1.0\r\n"
                + f"Content-Type: image/{KINDS.get(kind, kind)}\r\n".encode()
                + b"Content-Transfer-Encoding: base64\r\n\r\n" + base64.encodebytes(data).replace(b"\n", b"\r\n"))
    return path


def mails(shared):
    os.makedirs(WORK, exist_ok=True)
    with tarfile.open(os.path.join(shared, "corpora", "qr-phishing.tar.xz")) as tar:
        for member in tar:
            name = os.path.basename(member.name)
            if member.isfile() and not name.endswith((".md", ".eml")):
                yield write_mail(name, tar.extractfile(member).read())


def scan(build, paths):
    programs = os.path.join(os.path.abspath(build), "src")
    zones = os.path.join(WORK, "zones.json")
    with open(zones, "w", encoding="ascii") as f:
        f.write("{}")
    command = [os.path.join(programs, "poterne"), "scan", "--json", "--dns", zones,
               "--set", f"paths.programs={programs}", "--set", f"paths.rules={TOP}/rules",
               "--set", f"paths.lists={TOP}/lists", *paths]
    out = subprocess.run(command, capture_output=True, text=True).stdout
    return {os.path.basename(j["file"]): j for j in map(json.loads, out.splitlines())}


def main():
    shared, build = sys.argv[1], sys.argv[2]
    passed = failed = argued = 0
    for name, answer in sorted(scan(build, sorted(mails(shared))).items()):
        stem, kind = name.removesuffix(".eml").rsplit(".", 1)
        codes = [a["evidence"] for a in answer["anomalies"] if a["name"] == "IMAGE_QR_CODE"]
        wanted = 2 if "multi" in stem else 1
        start = EXPECTED.get(stem.rsplit("_", 1)[-1], "")
        good = len(codes) == wanted and codes[0].startswith(start)
        if not good and kind in ARGUED:
            argued += 1
            good = any(a["name"] == "IMAGE_UNREAD" for a in answer["anomalies"])
            codes = [ARGUED[kind]]
        passed, failed = passed + good, failed + (not good)
        print(f"{'' if good else 'MISSED '}{name}: {answer['action']}: {codes!r}")
    print(f"{argued} not read for a reason")
    print(f"{passed} passed, {failed} failed")
    sys.exit(failed > 0)


main()

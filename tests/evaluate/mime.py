#!/usr/bin/env python3
"""tests/evaluate/mime.py SHARED BUILD - what is seen of messages that are built to be misread.

Prints for mime-is-broken how many hidden files were found, how many messages were held and how
many would be delivered, by the level its authors give (3 = clean, 0 = far off the standard); for
each set of fixtures the actions, limits and times; for TNEF files the names their projects list;
for the messages of suites/auth/mime-mailparser-rs whether the tree of parts is the one that
project expects. Files that are not mail (TNEF, calendars) are sent as attachments.
"""
import base64
import collections
import glob
import json
import os
import re
import shutil
import sys
import tarfile

import corpora

HEAD = (b"From: a@partner.example\r\nTo: b@hopital.example\r\nSubject: x\r\nMIME-Version: 1.0\r\n"
        b"Date: Sat, 21 Nov 2026 10:00:00 +0100\r\nMessage-ID: <1@partner.example>\r\n")
SETS = ["mime-is-broken", "mime-fixtures", "smime-pgp", "dsn-arf", "tnef", "ics-vcard"]
TNEF = b"\x78\x9f\x3e\x22"


def as_mail(corpus, name, data):
    """The message to scan, or None."""
    if corpus == "tnef":
        kind = b"application/ms-tnef; name=winmail.dat" if data.startswith(TNEF) else None
    elif corpus == "ics-vcard":
        kind = b"text/calendar" if name.lower().endswith((".ics", ".vcf")) else None
    else:
        return data if corpora.LOOKS_LIKE_MAIL.match(data) else None
    if kind is None:
        return None
    return (HEAD + b"Content-Type: " + kind + b"\r\nContent-Transfer-Encoding: base64\r\n\r\n" +
            base64.encodebytes(data).replace(b"\n", b"\r\n"))


def unpack(shared, corpus, work):
    """Writes what is mail to WORK/CORPUS, and returns the other files' bytes by name."""
    folder, others = os.path.join(work, corpus), {}
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    with tarfile.open(os.path.join(shared, "corpora", f"{corpus}.tar.xz"), "r:xz") as tar:
        for member in tar:
            data = tar.extractfile(member).read() if member.isfile() else b""
            name = member.name.replace("/", "_")
            mail = as_mail(corpus, name, data) if data and "README" not in name else None
            if mail:
                with open(os.path.join(folder, name), "wb") as f:
                    f.write(mail)
            else:
                others[name] = data
    return folder, others


def show_hidden(answers):
    levels, missed = collections.defaultdict(collections.Counter), []
    for a in answers:
        with open(a["file"], "rb") as f:
            label = re.search(rb"^X-Payload-Id: (\S+) +valid\((\d)\)", f.read(), re.M | re.I)
        if not label:
            continue
        found = any(s["name"] == "EICAR_TEST_FILE" for s in a["symbols"])
        held = a["action"] in ("quarantine", "reject")
        what = "found" if found else "held" if held else "delivered"
        levels[label.group(2).decode()][what] += 1
        if not found:
            reasons = [s["name"] for s in a["symbols"] if s["name"].startswith(("MIME_", "ARCHIVE_"))]
            missed.append(f"  {what}: {label.group(1).decode()} ({', '.join(reasons)})")
    print(f"\n{'hidden files, by level':<30} {'files':>6} {'found':>6} {'held':>6} {'delivered':>10}")
    for level, n in sorted(levels.items(), reverse=True):
        print(f"{level:<30} {sum(n.values()):>6} {n['found']:>6} {n['held']:>6} {n['delivered']:>10}")
    print("\n".join(sorted(missed)))


def show_limits(results):
    print("\nlimits reached and parts that could not be inspected")
    for corpus, answers in results.items():
        names = collections.Counter(s["name"] for a in answers for s in a["symbols"]
                                    if s["name"] in ("LIMIT_HIT", "PART_UNINSPECTED", "INSPECT_FAILED"))
        print(f"  {corpus}: " + (", ".join(f"{k} {n}" for k, n in sorted(names.items())) or "none"))


def show_tnef(answers, others):
    """The lists hold one name a line, for the body another one of their own."""
    names = {os.path.basename(a["file"]): {p["filename"] for p in a["parts"][1:]} for a in answers}
    same, differ = 0, []
    for listing, text in others.items():
        if not listing.endswith(".list"):
            continue
        file = re.sub(r"\.list$", ".tnef", listing)
        if file not in names:
            continue
        wanted = {line.strip() for line in text.decode(errors="replace").split("\n")}
        wanted = {w.replace("_", " ") for w in wanted if w and not w.startswith("body.")}
        missing = wanted - {n.replace("_", " ") for n in names[file]}
        same += not missing
        if missing:
            differ.append(f"  {file}: not seen: {', '.join(sorted(missing))}")
    print(f"\nTNEF files whose listed names were all seen: {same} of {same + len(differ)}")
    print("\n".join(sorted(differ)))


def wanted_tree(parts, at=0):
    body = parts[at]["body"]
    kind = body if isinstance(body, str) else next(iter(body))
    if kind == "Multipart":
        return [wanted_tree(parts, i) for i in body["Multipart"]]
    if kind == "Message":
        inner = body["Message"]
        return ("message", wanted_tree(inner["parts"]) if isinstance(inner, dict) else None)
    return "leaf"


def our_tree(parts, path="1"):
    by_path = {p["path"]: p for p in parts}
    below = [p["path"] for p in parts if re.fullmatch(re.escape(path) + r"\.\d+", p["path"])]
    flags = by_path[path]["flags"]
    if "message" in flags:
        return ("message", our_tree(parts, below[0]) if below else None)
    return [our_tree(parts, p) for p in below] if "multipart" in flags and below else "leaf"


def show_trees(shared, build, work):
    folder, wanted = os.path.join(work, "trees"), {}
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    for file in glob.glob(os.path.join(shared, "suites/auth/mime-mailparser-rs/eml/**/*.eml"), recursive=True):
        expected = file[:-4] + ".json"
        if os.path.exists(expected):
            name = "_".join(file.split("/")[-2:])
            shutil.copy(file, os.path.join(folder, name))
            with open(expected, encoding="utf-8", errors="replace") as f:
                wanted[name] = wanted_tree(json.load(f)["parts"])
    differ = []
    answers, _ = corpora.scan(build, folder)
    for a in answers:
        name, tree = os.path.basename(a["file"]), our_tree(a["parts"])
        if tree != wanted.get(name):
            odd = [s["name"] for s in a["symbols"] if s["name"].startswith("MIME_")]
            differ.append(f"  {name} ({a['action']}; {', '.join(odd) or 'no finding'})\n"
                          f"    wanted {wanted.get(name)}\n    ours   {tree}")
    print(f"\ntrees as mail-parser expects them: {len(answers) - len(differ)} of {len(answers)}")
    print("\n".join(sorted(differ)))


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    shared, build = sys.argv[1:]
    work, results, others = os.path.join(corpora.WORK, "mime"), {}, {}
    print(corpora.HEAD)
    for corpus in SETS:
        if not os.path.exists(os.path.join(shared, "corpora", f"{corpus}.tar.xz")):
            print(f"({corpus} is not there)")
            continue
        folder, others[corpus] = unpack(shared, corpus, work)
        results[corpus], _ = corpora.scan(build, folder)
        corpora.row(corpus, results[corpus])
    if results.get("mime-is-broken"):
        show_hidden(results["mime-is-broken"])
    show_limits(results)
    if results.get("tnef"):
        show_tnef(results["tnef"], others["tnef"])
    show_trees(shared, build, work)


if __name__ == "__main__":
    main()

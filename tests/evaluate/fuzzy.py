#!/usr/bin/env python3
"""Measures how messages are known again: tests/evaluate/fuzzy.py SHARED BUILD

For each source of SHARED/corpora, never pooled: learns the spam of train/ and says how much of dev/
is known again; then learns all spam of spamassassin-public and says which honest mail is taken for it.
Then which pairs of different documents are alike, what a digest costs, and a look-up among a million.
POTERNE_CORPORA names a folder where the archives are unpacked already.
"""
import base64
import collections
import json
import os
import shlex
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
LEARNED = ("spamassassin-public", "foff-2025", "phishing-pot", "glitchyzorua-spam")
HONEST = ("spamassassin-public", "foff-2025")
DOCUMENTS = ("docs-office", "docs-pdf")
ROOMS = "learn inspect fuzzy features report document archive dkim mime html url mail base".split()
LIBRARIES = "libhs libarchive yara lua5.4 libcrypto expat zlib liblzma icu-uc icu-i18n libpsl libxxhash jansson"
SYMBOLS = ("LOCAL_FUZZY_DENIED", "LOCAL_FUZZY_PROB", "LOCAL_FUZZY_NEAR")


def build_answers(build, folder, name="fuzzy_answers", rooms=()):
    """Compiles NAME.c against the room libraries of the build directory."""
    libs = [os.path.join(build, "src", f"lib{room}.a") for room in [*rooms, *ROOMS]]
    subprocess.run(["ninja", "-C", build] + [os.path.relpath(lib, build) for lib in libs],
                   check=True, stdout=subprocess.DEVNULL)
    exe = os.path.join(folder, name)
    flags = shlex.split(subprocess.check_output(["pkg-config", "--cflags", "--libs", *LIBRARIES.split()], text=True))
    options = subprocess.check_output(["meson", "introspect", build, "--buildoptions"], text=True)
    sanitize = [o["value"] for o in json.loads(options) if o["name"] == "b_sanitize"][0]
    if sanitize != "none":
        flags.append("-fsanitize=" + sanitize)
    subprocess.run(["cc", "-O2", "-std=gnu17", "-D_GNU_SOURCE", "-I", os.path.join(TOP, "src"),
                    os.path.join(HERE, name + ".c"), "-o", exe] + libs + flags + ["-lpthread", "-lm"], check=True)
    return exe


def poterne(build, *arguments):
    paths = [x for name, path in (("rules", f"{TOP}/rules"), ("lists", f"{TOP}/lists"),
                                  ("programs", os.path.join(build, "src")))
             for x in ("--set", f"paths.{name}={path}")]
    return subprocess.run([os.path.join(build, "src", "poterne"), arguments[0], *paths, *arguments[1:]],
                          stdout=subprocess.PIPE, text=True).stdout


def known_again(build, state, work, folders):
    """What is said of each message: its file and the symbol, or None."""
    for line in poterne(build, "scan", "--json", "--jobs", "2", "--state", state, "--dns",
                        os.path.join(work, "dns.json"), *folders).splitlines():
        told = json.loads(line)
        names = [s["name"] for s in told["symbols"] if s["name"] in SYMBOLS]
        yield told["file"], names[0] if names else None


def tell(what, answers):
    counts = collections.Counter(symbol for _, symbol in answers)
    print(f"{what}: {len(answers) - counts[None]} of {len(answers)}"
          + "".join(f", {symbol[12:].lower()} {counts[symbol]}" for symbol in SYMBOLS), flush=True)


def places(unpacked, source, kind):
    """Folders of that kind in train/ and dev/."""
    found = [os.path.join(unpacked, source, part, kind) for part in ("train", "dev")]
    return found if os.path.isdir(found[0]) else [os.path.dirname(f) for f in found]


def measure(build, unpacked, work):
    for source in LEARNED:
        state = os.path.join(work, "state-" + source)
        train, dev = places(unpacked, source, "spam")
        poterne(build, "learn", "--spam", "--state", state, train)
        tell(f"{source}: having learned spam of train/, known again in dev/", list(known_again(build, state, work, [dev])))
    state = os.path.join(work, "state-spamassassin-public")
    poterne(build, "learn", "--spam", "--state", state, places(unpacked, "spamassassin-public", "spam")[1])
    for source in HONEST:
        answers = list(known_again(build, state, work, places(unpacked, source, "ham")))
        tell(f"{source}: having learned all spam of spamassassin-public, honest mail taken for it", answers)
        for file, symbol in answers:
            if symbol:
                print(f"  {symbol} {file}")


def wrap(path, to):
    """A document as an attachment."""
    with open(path, "rb") as f:
        body = base64.encodebytes(f.read())
    with open(to, "wb") as f:
        f.write(b"From: a@partner.example\nMIME-Version: 1.0\nContent-Type: application/octet-stream\n"
                b"Content-Disposition: attachment; filename=document\nContent-Transfer-Encoding: base64\n\n" + body)


def documents(exe, unpacked, work):
    """Files of one folder are mostly edited copies of each other, those of two folders are not."""
    mails, origin = [], {}
    for source in DOCUMENTS:
        for place, _, names in os.walk(os.path.join(unpacked, source)):
            for name in names:
                path = os.path.join(place, name)
                if os.path.getsize(path) < 3 << 20 and not name.endswith((".md", ".txt")):
                    mails.append(os.path.join(work, f"{len(mails):05d}.eml"))
                    wrap(path, mails[-1])
                    origin[mails[-1]] = path
    out = subprocess.run([exe, "digests"], input="\n".join(mails), stdout=subprocess.PIPE, text=True, check=True).stdout
    texts = [(origin[line.split("\t")[0]], line.split("\t")[2]) for line in out.splitlines()
             if line.split("\t")[1] == "document"]
    alike = collections.Counter()
    for i, (name, one) in enumerate(texts):
        for other_name, other in texts[:i]:
            same = sum(one[k:k + 4] == other[k:k + 4] for k in range(0, 128, 4))
            if same >= 6:
                alike["near" if same >= 22 else "below"] += 1
                if os.path.dirname(name) != os.path.dirname(other_name):
                    print(f"  {same} of 32: {name}, {other_name}")
    print(f"documents with a digest of their words: {len(texts)} of {len(mails)}; pairs with 22 values in common and "
          f"more: {alike['near']}, with 6 to 21: {alike['below']} (those of different folders above)")


def cost(exe, unpacked):
    mails = [os.path.join(place, name) for folder in places(unpacked, "spamassassin-public", "ham")
             for place, _, names in os.walk(folder) for name in names]
    out = subprocess.run([exe, "digests"], input="\n".join(mails), stdout=subprocess.PIPE, text=True, check=True).stdout
    n, spent = map(int, out.splitlines()[-1].split("\t")[1:])
    print(f"digest of a message's text, folding included: {spent / n:.1f} us on average of {n}")
    lines = subprocess.run([exe, "table", "1000000"], stdout=subprocess.PIPE, text=True, check=True).stdout.splitlines()
    told = {line.split("\t")[0]: list(map(int, line.split("\t")[1:])) for line in lines}
    print(f"a million texts: {told['made'][0] >> 20} MiB, made and checked in {told['made'][1]} ms; a look-up takes "
          f"{told['found'][0] / 1000:.1f} us when it is there with half of its values ({told['found'][1] / 1000:.1f} % "
          f"found), {told['absent'][0] / 1000:.1f} us when not")


def main():
    shared, build = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
    with tempfile.TemporaryDirectory() as work:
        unpacked = os.environ.get("POTERNE_CORPORA", work)
        with open(os.path.join(work, "dns.json"), "w") as f:
            f.write("{}")
        for source in set(LEARNED + HONEST + DOCUMENTS):
            if not os.path.isdir(os.path.join(unpacked, source)):
                subprocess.run(["tar", "-xJf", os.path.join(shared, "corpora", source + ".tar.xz"), "-C", work], check=True)
        measure(build, unpacked, work)
        exe = build_answers(build, work)
        documents(exe, unpacked, work)
        cost(exe, unpacked)


if __name__ == "__main__":
    main()

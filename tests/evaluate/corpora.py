#!/usr/bin/env python3
"""tests/evaluate/corpora.py SHARED BUILD - what poterne scan says of the corpora of SHARED/corpora.

Prints for each set: messages, what would become of them, how many could not be inspected and
the time of one message; for each source of ham and spam, how well the score tells them apart;
and messages per CPU second over all. Fields that betray the label (leak-headers.txt) are taken
out first, and line ends, which their collectors changed here and there, are made equal. Every
name is answered by NXDOMAIN. No antivirus. The first messages of a set, which wait for the workers
to start, are left out of the times. The answers stay in build/evaluate/*.jsonl, the ham that was
not accepted in false-positives.txt, the spam that was in missed.txt, the hidden attachments that
were in let-through.txt.
"""
import bisect
import collections
import glob
import json
import os
import re
import resource
import shutil
import subprocess
import sys
import tarfile
import time

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
WORK = os.path.join(TOP, "build", "evaluate")
# Ham against spam only within one source; the others have spam only, or no label.
LABELLED = {"spamassassin-public": 2, "foff-2025": 2, "phishing-pot": 1, "glitchyzorua-spam": 1}
UNLABELLED = ["mime-fixtures", "mime-is-broken", "smime-pgp", "dsn-arf", "qr-phishing"]
LOOKS_LIKE_MAIL = re.compile(rb"\A(From |[A-Za-z][A-Za-z0-9-]*:[ \t\r\n])")
NOT_MAIL = {".md", ".json", ".html", ".xml", ".cfg", ".pem", ".tokens", ".ics", ".vcf", ".py", ".yml"}
ACTIONS = ["accept", "tag", "quarantine", "reject"]


def leaks(shared):
    """One pattern of the header fields to delete, * for any tail."""
    names = []
    with open(os.path.join(shared, "corpora", "leak-headers.txt"), encoding="ascii") as f:
        for line in f:
            name = line.split("#")[0].strip()
            if name:
                names.append(re.escape(name).replace(r"\*", r"[^:\s]*").encode())
    field = rb"^(?:%s)[ \t]*:[^\n]*\n(?:[ \t][^\n]*\n)*" % b"|".join(names)
    return re.compile(field, re.I | re.M)


def without_leaks(message, pattern):
    if message.startswith(b"From "):
        message = message.split(b"\n", 1)[-1]
    end = re.search(rb"\n\r?\n", message)
    cut = end.start() + 1 if end else len(message)
    return pattern.sub(b"", message[:cut]) + message[cut:]


def set_of(corpus, path):
    """The set a file of the archive belongs to, or None: "foff-2025 dev ham", "smime-pgp"."""
    parts = path.split("/")
    if os.path.splitext(path)[1].lower() in NOT_MAIL or parts[-1].startswith("README"):
        return None
    if corpus not in LABELLED:
        return corpus
    return f"{corpus} {parts[1]} {parts[2]}" if len(parts) >= 4 else None


def unpack(shared, corpus, pattern):
    """Writes the messages of an archive to WORK/SET/, once; they are never opened here otherwise."""
    archive = os.path.join(shared, "corpora", f"{corpus}.tar.xz")
    stamp = os.path.join(WORK, f"{corpus}.unpacked")
    if not os.path.exists(archive):
        print(f"({archive} is not there)")
        return
    if os.path.exists(stamp) and os.path.getmtime(stamp) >= os.path.getmtime(archive):
        return
    for old in glob.glob(os.path.join(WORK, f"{corpus}*")):
        (shutil.rmtree if os.path.isdir(old) else os.remove)(old)
    with tarfile.open(archive, "r:xz") as tar:
        for member in tar:
            name = member.isfile() and set_of(corpus, member.name)
            data = tar.extractfile(member).read() if name else b""
            if corpus in LABELLED:
                data = without_leaks(data.replace(b"\r\n", b"\n"), pattern)
            elif not LOOKS_LIKE_MAIL.match(data):
                continue
            if not data:
                continue
            folder = os.path.join(WORK, name)
            os.makedirs(folder, exist_ok=True)
            with open(os.path.join(folder, member.name.replace("/", "_")), "wb") as f:
                f.write(data)
    open(stamp, "w", encoding="ascii").close()


def scan(build, folder):
    """The answers of poterne scan over a directory, and the CPU seconds it took."""
    programs = os.path.abspath(os.path.join(build, "src"))
    no_names = os.path.join(WORK, "no-names.json")  # a DNS that is down: nobody is refused for his name
    with open(no_names, "w", encoding="ascii") as f:
        f.write('{"*": {"*": "servfail"}}')
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with open(f"{folder}.jsonl", "wb") as out, open(f"{folder}.stderr", "wb") as err:
        status = subprocess.run([os.path.join(programs, "poterne"), "scan", "--json", "--dns", no_names,
                                 "--set", f"paths.programs={programs}", "--set", f"paths.rules={TOP}/rules",
                                 "--set", f"paths.lists={TOP}/lists", folder], stdout=out, stderr=err).returncode
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if status not in (0, 1):
        with open(f"{folder}.stderr", encoding="utf-8", errors="replace") as f:
            print(f"! {os.path.basename(folder)}: exit status {status}: {f.read()[-300:].strip()}")
    answers = []
    with open(f"{folder}.jsonl", encoding="utf-8", errors="replace") as f:
        for line in f:
            answers.append(json.loads(line))
    return answers, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def quantile(values, q):
    return values[min(len(values) - 1, int(len(values) * q))]


HEAD = (f"{'set':<30} {'messages':>8} " + " ".join(f"{a:>10}" for a in ACTIONS) +
        f" {'other':>5} {'errors':>6} {'p50 ms':>7} {'p99 ms':>7} {'worst ms':>8}  slowest")


def row(name, answers):
    settled = answers[4 * os.cpu_count():] or answers
    times = sorted(a["time_us"]["total"] / 1000 for a in settled)
    actions = collections.Counter(a["action"] for a in answers)
    slowest = max(settled, key=lambda a: a["time_us"]["total"])
    other = sum(n for action, n in actions.items() if action not in ACTIONS)
    print(f"{name:<30} {len(answers):>8} " + " ".join(f"{actions[a]:>10}" for a in ACTIONS) +
          f" {other:>5} {sum(a['error'] is not None for a in answers):>6} {quantile(times, 0.5):>7.2f} "
          f"{quantile(times, 0.99):>7.2f} {times[-1]:>8.1f}  {os.path.basename(slowest['file'])[-40:]}", flush=True)


def separation(ham, spam):
    """(1-ROCA) in %: how often a ham scores above a spam (ties count half); and the share of
    spam missed by the score that lets 0.1 % of the ham pass it."""
    ordered, above = sorted(ham), 0.0
    for score in spam:
        above += len(ham) - (bisect.bisect_left(ordered, score) + bisect.bisect_right(ordered, score)) / 2
    allowed = int(len(ham) * 0.001)
    limit = ordered[-1 - allowed]
    missed = sum(score <= limit for score in spam)
    return 100 * above / (len(ham) * len(spam)), 100 * missed / len(spam)


def rank(answer):
    """The score; what is held for a reason of its own is above every score."""
    return answer["score"] if answer["action"] in ("accept", "tag") else float("inf")


def show_separation(results):
    print(f"\n{'ham against spam':<30} {'ham':>8} {'spam':>6} {'1-ROCA %':>9} {'spam missed % at 0.1 % FP':>26}")
    for corpus, classes in LABELLED.items():
        for split in ("train", "dev"):
            ham, spam = ([rank(a) for a in results.get(f"{corpus} {split} {kind}", [])] for kind in ("ham", "spam"))
            if classes == 2 and ham and spam:
                roca, missed = separation(ham, spam)
                print(f"{corpus + ' ' + split:<30} {len(ham):>8} {len(spam):>6} {roca:>9.2f} {missed:>26.1f}")


def show_recall(results):
    """What the rules alone see of spam and phishing: without the DNS, an antivirus, or anything learned."""
    print(f"\n{'by rules alone':<30} {'spam':>8} {'tagged or held %':>17} {'held or refused %':>18}")
    for name, answers in results.items():
        if name.endswith(" spam"):
            actions = collections.Counter(a["action"] for a in answers)
            held = 100 * (actions["quarantine"] + actions["reject"]) / len(answers)
            print(f"{name:<30} {len(answers):>8} {held + 100 * actions['tag'] / len(answers):>17.1f} {held:>18.1f}")


def show_errors(results):
    errors = collections.Counter((name, a["error"]) for name, answers in results.items() for a in answers
                                 if a["error"] is not None)
    if errors:
        print("\ncould not be inspected")
    for (name, error), n in errors.most_common(20):
        print(f"{n:>6}  {name}: {error[:80]}")


def write_list(file, results, what, wanted):
    """One line for each answer that wanted(set, answer) picks."""
    path = os.path.join(WORK, file)
    picked = [a for name, answers in results.items() for a in answers if wanted(name, a)]
    with open(path, "w", encoding="utf-8") as f:
        for a in picked:
            symbols = " ".join(f"{s['name']}({s['score']})" for s in a["symbols"])
            f.write(f"{a['action']} {a['score']} {a['file']} {a['decision'] or ''} {symbols}\n")
    print(f"{len(picked)} {what}: {os.path.relpath(path, TOP)}")


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    shared, build = sys.argv[1:]
    os.makedirs(WORK, exist_ok=True)
    pattern, results, cpu, began = leaks(shared), {}, 0, time.monotonic()
    for corpus in [*LABELLED, *UNLABELLED]:
        unpack(shared, corpus, pattern)
    sets = [d for c in [*LABELLED, *UNLABELLED] for d in sorted(glob.glob(os.path.join(WORK, f"{c}*/")))]
    scanning = time.monotonic()
    print(HEAD)
    for folder in (s.rstrip("/") for s in sets):
        answers, seconds = scan(build, folder)
        if answers:
            results[os.path.basename(folder)] = answers
            cpu += seconds
            row(os.path.basename(folder), answers)
    show_separation(results)
    show_recall(results)
    show_errors(results)
    print()
    write_list("false-positives.txt", results, "ham not accepted",
               lambda name, a: name.endswith(" ham") and a["action"] != "accept")
    write_list("missed.txt", results, "spam and phishing accepted",
               lambda name, a: name.endswith(" spam") and a["action"] == "accept")
    write_list("let-through.txt", results, "hidden attachments let through",
               lambda name, a: name == "mime-is-broken" and a["action"] in ("accept", "tag"))
    total, now = sum(len(a) for a in results.values()), time.monotonic()
    print(f"{total} messages, {total / cpu if cpu else 0:.0f} per CPU second, {cpu:.1f} CPU seconds in "
          f"{now - scanning:.1f} s (and {scanning - began:.1f} s to unpack)")


if __name__ == "__main__":
    main()

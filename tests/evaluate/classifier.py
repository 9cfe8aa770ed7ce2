#!/usr/bin/env python3
"""Measures the classifier: tests/evaluate/classifier.py SHARED BUILD

For each source of SHARED/corpora with train/ and dev/, never pooled: learns train/, ranks dev/ and
prints it beside the peers of SHARED/bench/spam-peers that are installed, on the same stripped files
in the same run. POTERNE_CORPORA names a folder where the archives are unpacked already;
POTERNE_RUNS (3) how many times we learn, since each site hashes by a key of its own.
"""
import hashlib
import json
import os
import resource
import subprocess
import sys
import tempfile

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SOURCES = {"spamassassin-public": [], "foff-2025": ["--keep", "List-*"]}


def cpu():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def poterne(build, *arguments):
    paths = [x for name, path in (("rules", f"{TOP}/rules"), ("lists", f"{TOP}/lists"),
                                  ("programs", os.path.join(os.path.abspath(build), "src")))
             for x in ("--set", f"paths.{name}={path}")]
    return subprocess.run([os.path.join(build, "src", "poterne"), arguments[0], *paths, *arguments[1:]],
                          stdout=subprocess.PIPE, text=True).stdout


def learn(build, state, folder):
    for kind in ("ham", "spam"):
        poterne(build, "learn", f"--{kind}", "--state", state, os.path.join(folder, kind))


def judged(build, state, folder, dns):
    lines = poterne(build, "scan", "--json", "--state", state, "--dns", dns, folder).splitlines()
    return [json.loads(line) for line in lines]


def rank(answers):
    """What is not told weighs nothing."""
    both = {"ham": [], "spam": []}
    for a in answers:
        both["spam" if "/spam/" in a["file"] else "ham"].append(a["spam_logit"] or 0.0)
    return both["ham"], both["spam"]


def own_scores(answers, path):
    with open(path, "w") as f:
        for a in answers:
            kind = "spam" if "/spam/" in a["file"] else "ham"
            f.write(f"{kind}\t{os.path.basename(a['file'])}\t{a['spam_logit'] or 0.0!r}\n")


def gather(unpacked, source, part, folder):
    """One flat folder for each kind, as the peers want it. A name is a hash: it is the order in
    which some of them learn, and the names of the source are sorted by class."""
    for kind in ("ham", "spam"):
        os.makedirs(os.path.join(folder, part, kind), exist_ok=True)
        for place, _, names in os.walk(os.path.join(unpacked, source, part, kind)):
            for name in names:
                path = os.path.join(place, name)
                short = hashlib.sha1(os.path.relpath(path, unpacked).encode()).hexdigest()[:16]
                os.symlink(path, os.path.join(folder, part, kind, short + ".eml"))


def measure(shared, build, source, unpacked, work):
    sys.path.insert(0, os.path.join(shared, "bench", "spam-peers"))
    sys.dont_write_bytecode = True
    import metrics
    mail, dns = os.path.join(work, source, "mail"), os.path.join(work, "dns.json")
    flat = os.path.join(work, source, "flat")
    for part in ("train", "dev"):
        gather(unpacked, source, part, flat)
        subprocess.run([sys.executable, os.path.join(shared, "bench", "spam-peers", "strip.py"),
                        os.path.join(flat, part), os.path.join(mail, part),
                        os.path.join(shared, "corpora", "leak-headers.txt"), *SOURCES[source]],
                       check=True, stderr=subprocess.DEVNULL)
    for number in range(int(os.environ.get("POTERNE_RUNS", "3"))):
        state = os.path.join(work, source, f"state{number}")
        began = cpu()
        learn(build, state, os.path.join(mail, "train"))
        spent = cpu() - began
        answers = judged(build, state, os.path.join(mail, "dev"), dns)
        ham, spam = rank(answers)
        silent = sum(a["spam_logit"] is None for a in answers)
        wrong = sum((a["spam_probability"] or 0) >= 0.95 for a in answers if "/ham/" in a["file"])
        print(f"{source}, run {number + 1}: (1-ROCA)% {100 * (1 - metrics.roca(ham, spam)):.4f}, missed "
              f"{100 * metrics.missed(ham, spam, .001):.2f} % at no false positive, "
              f"{100 * metrics.missed(ham, spam, .01):.2f} % at 1 %; silent {silent} of {len(answers)}, "
              f"ham called spam {wrong}; learning {spent:.1f} s CPU with inspection", flush=True)
        own_scores(answers, os.path.join(work, source, "own.tsv"))
    sys.stdout.flush()
    subprocess.run([os.path.join(shared, "bench", "spam-peers", "run.sh"), flat,
                    os.path.join(shared, "corpora", "leak-headers.txt"), os.path.join(work, source),
                    "--own", f"poterne={os.path.join(work, source, 'own.tsv')}:0"],
                   env=dict(os.environ, SA_FULL="0"), stderr=subprocess.DEVNULL)


def out_of_depth(build, unpacked, work):
    state = os.path.join(work, "spamassassin-public", "state0")
    for part in ("dev", "train"):
        mail = os.path.join(work, "foff-2025", "mail", part, "ham")
        answers = judged(build, state, mail, os.path.join(work, "dns.json"))
        silent = sum(a["spam_logit"] is None for a in answers)
        spam = sum((a["spam_probability"] or 0) >= 0.95 for a in answers)
        print(f"having learned spamassassin-public only, asked about ham of foff-2025 {part}/: silent "
              f"{silent} of {len(answers)}, called spam {spam}")


def main():
    shared, build = os.path.abspath(sys.argv[1]), sys.argv[2]
    with tempfile.TemporaryDirectory() as work:
        unpacked = os.environ.get("POTERNE_CORPORA", work)
        with open(os.path.join(work, "dns.json"), "w") as f:
            f.write("{}")
        for source in SOURCES:
            if not os.path.isdir(os.path.join(unpacked, source)):
                subprocess.run(["tar", "-xJf", os.path.join(shared, "corpora", source + ".tar.xz"), "-C", work],
                               check=True)
            measure(shared, build, source, unpacked, work)
        out_of_depth(build, unpacked, work)


if __name__ == "__main__":
    main()

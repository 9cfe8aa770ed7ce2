#!/usr/bin/env python3
"""Measures the classifier: tests/evaluate/classifier.py SHARED BUILD

For each source of SHARED/corpora with train/ and dev/, never pooled: learns train/, ranks dev/ and
prints it beside the peers of SHARED/bench/spam-peers that are installed, on the same stripped files
in the same run. Then what poisoning does: flipped labels among what is learned, and spam padded with
the words of wanted mail. POTERNE_CORPORA names a folder where the archives are unpacked already;
POTERNE_RUNS (5) how many times we learn, since each site hashes by a key of its own and learns in an
order of its own; POTERNE_PEERS=0 leaves the peers out.
"""
import base64
import email
import hashlib
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile

import fuzzy

FLIPS = (1, 5)  # per cent of what is learned
PADDING = 3000  # characters

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SOURCES = {"spamassassin-public": [], "foff-2025": ["--keep", "List-*"]}


def cpu():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def poterne(build, *arguments):
    paths = [x for name, path in (("rules", f"{TOP}/rules"), ("lists", f"{TOP}/lists"),
                                  ("programs", os.path.join(os.path.abspath(build), "src")),
                                  ("compiled", f"{TOP}/build/compiled"))
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
    mail, dns = os.path.join(work, source, "mail"), os.path.join(work, "dns.json")
    flat = os.path.join(work, source, "flat")
    for part in ("train", "dev"):
        gather(unpacked, source, part, flat)
        subprocess.run([sys.executable, os.path.join(shared, "bench", "spam-peers", "strip.py"),
                        os.path.join(flat, part), os.path.join(mail, part),
                        os.path.join(shared, "corpora", "leak-headers.txt"), *SOURCES[source]],
                       check=True, stderr=subprocess.DEVNULL)
    runs = [one_run(build, work, source, mail, dns, number)
            for number in range(int(os.environ.get("POTERNE_RUNS", "5")))]
    show_mean(source, f"mean of {len(runs)} runs", runs)
    for per_cent in FLIPS:
        flip(mail, per_cent)
        show_mean(source, f"{per_cent} % of each kind learned as the other",
                  [figures(build, os.path.join(work, source, f"flip{per_cent}.{n}"), mail, f"flip{per_cent}", "dev", dns)[0]
                   for n in range(2)])
    pad(mail)
    state = os.path.join(work, source, "state0")
    show_mean(source, "spam padded with words of wanted mail", [figures(build, state, mail, None, "padded", dns)[0]])
    show_costs(build, source, os.path.join(mail, "train"), work)
    if os.environ.get("POTERNE_PEERS") != "0":
        show_peers(shared, source, work, flat)


def one_run(build, work, source, mail, dns, number):
    state = os.path.join(work, source, f"state{number}")
    found, answers, learning, scoring = figures(build, state, mail, "train", "dev", dns)
    silent = sum(a["spam_logit"] is None for a in answers)
    wrong = sum((a["spam_probability"] or 0) >= 0.95 for a in answers if "/ham/" in a["file"])
    print(f"{source}, run {number + 1}: (1-ROCA)% {found[0]:.4f}, missed {found[1]:.2f} % at no false positive, "
          f"{found[2]:.2f} % at 1 %; silent {silent} of {len(answers)}, ham called spam {wrong}; with inspection "
          f"{learning:.1f} ms CPU a message learned, {scoring:.1f} scored", flush=True)
    own_scores(answers, os.path.join(work, source, f"own{number}.tsv"))
    return found


def figures(build, state, mail, learned, ranked, dns):
    import metrics
    began = cpu()
    if learned:
        learn(build, state, os.path.join(mail, learned))
    between = cpu()
    answers = judged(build, state, os.path.join(mail, ranked), dns)
    after = cpu()
    ham, spam = rank(answers)
    lessons = sum(len(os.listdir(os.path.join(mail, "train", kind))) for kind in ("ham", "spam"))
    return ((100 * (1 - metrics.roca(ham, spam)), 100 * metrics.missed(ham, spam, .001),
             100 * metrics.missed(ham, spam, .01)), answers, 1000 * (between - began) / lessons,
            1000 * (after - between) / len(answers))


def show_mean(source, what, runs):
    columns = list(zip(*runs))
    text = [f"{statistics.mean(c):.4f} +- {statistics.stdev(c) if len(c) > 1 else 0:.4f}" for c in columns]
    print(f"{source}, {what}: (1-ROCA)% {text[0]}, missed {text[1]} % at no false positive, {text[2]} % at 1 %",
          flush=True)


def flip(mail, per_cent):
    """Every so manyth message of each kind among those of the other."""
    for kind, other in (("ham", "spam"), ("spam", "ham")):
        folder = os.path.join(mail, "train", kind)
        for number, name in enumerate(sorted(os.listdir(folder))):
            to = os.path.join(mail, f"flip{per_cent}", other if number % 100 < per_cent else kind)
            os.makedirs(to, exist_ok=True)
            os.link(os.path.join(folder, name), os.path.join(to, name))


def text_part(message):
    return next((p for p in message.walk() if p.get_content_maintype() == "text"), None)


def words_of(path):
    with open(path, "rb") as f:
        part = text_part(email.message_from_binary_file(f))
    return (part.get_payload(decode=True) or b"")[:PADDING] if part else b""


def pad(mail):
    """As a spammer would who knows some of the wanted mail: behind the text, in plain sight."""
    ham, spam = (os.path.join(mail, "dev", kind) for kind in ("ham", "spam"))
    to = os.path.join(mail, "padded", "spam")
    os.makedirs(to)
    shutil.copytree(ham, os.path.join(mail, "padded", "ham"))
    good = [os.path.join(ham, name) for name in sorted(os.listdir(ham))]
    for number, name in enumerate(sorted(os.listdir(spam))):
        with open(os.path.join(spam, name), "rb") as f:
            whole = f.read()
        try:
            message = email.message_from_bytes(whole)
            part = text_part(message)
            text = part.get_payload(decode=True) + b"\n" + words_of(good[number % len(good)])
            part.set_payload(base64.encodebytes(text).decode())
            del part["Content-Transfer-Encoding"]
            part["Content-Transfer-Encoding"] = "base64"
            whole = message.as_bytes()
        except (AttributeError, TypeError, ValueError, LookupError):
            pass  # what Python cannot take apart stays as it is
        with open(os.path.join(to, name), "wb") as f:
            f.write(whole)


def show_costs(build, source, mail, work):
    """Of the classifier alone; the peers' table holds what they need to read a message as well."""
    exe = fuzzy.build_answers(build, work, "classifier_answers", ["cli"])
    lines = subprocess.run([exe, os.path.join(mail, "ham"), os.path.join(mail, "spam")], check=True,
                           stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout.splitlines()
    cost = {name: [float(x) for x in rest] for name, *rest in (line.split("\t") for line in lines)}
    us = {name: values[0] for name, values in cost.items()}
    print(f"{source}, CPU a message after facts: learned {us['learn'] / 1000:.3f} ms, scored {us['score'] / 1000:.3f} ms, "
          f"together {(us['learn'] + us['score']) / 1000:.3f} ms (bar 0.2); to collect features while inspecting "
          f"{us['features'] / 1000:.3f} ms, to pass them on {us['pass'] / 1000:.3f} ms; what a recipient taught, of 50 "
          f"lessons {us['recipient']:.1f} us, of none {us['nobody']:.1f} us; lessons of 10 000 recipients "
          f"{cost['table'][0] / 1e6:.1f} MB, taken over in {cost['table'][1] / 1000:.1f} ms", flush=True)


def unpacked_rspamd():
    """It cannot be installed beside our regex engine; make bench unpacks it as well."""
    sys.path.insert(0, os.path.join(TOP, "tests", "bench"))
    sys.path.insert(0, os.path.join(TOP, "tests", "lib"))
    import relays
    try:
        return relays.Rspamd(tempfile.gettempdir()).download()
    except (relays.CannotRun, OSError) as e:
        print(f"Rspamd left out: {e}")
        return "/"


def show_peers(shared, source, work, flat):
    """Ours is the first run; what it costs stands above, since inspection is most of it."""
    subprocess.run([os.path.join(shared, "bench", "spam-peers", "run.sh"), flat,
                    os.path.join(shared, "corpora", "leak-headers.txt"), os.path.join(work, source),
                    "--own", f"poterne={os.path.join(work, source, 'own0.tsv')}:0",
                    "--", "--rspamd-root", unpacked_rspamd()],
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

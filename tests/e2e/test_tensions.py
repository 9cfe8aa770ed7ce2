"""Each tension case of the battery is one line of the site's own files away from its other outcome."""
import json
import os
import shutil
import subprocess
import tempfile

from gateway import BUILD, COMPILED, TOP

PROGRAM = os.path.join(TOP, BUILD, "src", "poterne")
SYMBOL = 'symbols: {%s: {%s}}'
# case, what we propose, the file of the site, its one line, what comes of it
TENSIONS = [
    ("K-01", "quarantine", "lists/passwords.txt", "labo.example 12051975", "flag"),
    ("K-02", "quarantine", "lists/passwords.txt", "partner.example Ete2024!", "accept"),
    ("K-03", "accept", "overlay/site.yaml", SYMBOL % ("BODY_CONTAINS_PASSWORD", "score: 6"), "flag"),
    ("K-04", "flag", "overlay/site.yaml", SYMBOL % ("WEB_SITE_ARCHIVE", "score: 4"), "quarantine"),
    ("K-05", "reject", "lists/macro-partners.txt", "partner.example", "flag"),
    ("K-06", "flag", "lists/forbidden-extensions.txt", "mdb", "reject"),
    ("K-07", "accept", "lists/forbidden-extensions.txt", "msg", "reject"),
    ("K-08", "reject", "lists/declared-senders.txt", "203.0.113.99", "accept"),
    ("K-09", "reject", "lists/dmarc-none.txt", "dmarcreject.example", "accept"),
    ("K-10", "flag", "overlay/site.yaml", SYMBOL % ("R_SPF_PLUSALL", "score: 15"), "reject"),
    ("K-11", "accept", "overlay/site.yaml", SYMBOL % ("AUTH_NA", "score: 10"), "quarantine"),
    ("K-12", "flag", "overlay/site.yaml", SYMBOL % ("URL_DOWNLOAD_ON_FREESITE", "score: 10"), "quarantine"),
    ("K-13", "accept", "overlay/site.yaml", SYMBOL % ("PDF_RESTRICTED", "score: 10"), "quarantine"),
    ("K-14", "reject", "overlay/site.yaml",
     "symbols: {HTML_ATTACHMENT_SCRIPT: {disabled: true}, HTML_WITH_FORM: {score: 0}}", "quarantine"),
    ("K-15", "reject", "overlay/site.yaml",
     "symbols: {ENCRYPTED_WITH_PASSWORD: {disabled: true}, FORBIDDEN_EXTENSION: {disabled: true}, "
     "ATTACHMENT_EXECUTABLE: {disabled: true}, FORBIDDEN_TYPE: {disabled: true}}", "accept"),
]


def judged(case, *options):
    out = subprocess.run([PROGRAM, "audit", "--offline", "--json", "--set", f"paths.rules={TOP}/rules",
                          "--set", f"paths.lists={TOP}/lists", "--set",
                          f"paths.programs={os.path.join(TOP, BUILD)}/src", "--set",
                          f"paths.compiled={COMPILED}", *options, case],
                         capture_output=True, text=True, timeout=120)
    assert out.returncode in (0, 1), out.stderr
    return next(x for x in map(json.loads, out.stdout.splitlines()) if x["id"] == case)


def test_each_tension_is_one_line_from_its_other_outcome():
    seen = []
    for case, proposed, name, line, other in TENSIONS:
        with tempfile.TemporaryDirectory() as folder:
            made = subprocess.run([PROGRAM, "audit", "--world", folder], capture_output=True, text=True, timeout=60)
            assert made.returncode == 0, made.stderr
            path = os.path.join(folder, name)
            with open(path, "a", encoding="utf-8") as f:
                f.write(line + "\n")
            options = ["--set", f"paths.site_lists={folder}/lists", "--set", f"paths.overlay={folder}/overlay"]
            before, after = judged(case), judged(case, *options)
            if before["outcome"] != proposed or after["outcome"] != other:
                seen.append(f"{case}: {before['outcome']} ({proposed}), then {after['outcome']} ({other}): "
                            f"{after['symbols']}")
            shutil.rmtree(folder, ignore_errors=True)
            os.mkdir(folder)
    assert not seen, "\n".join(seen)

#!/usr/bin/env python3
"""tools/checkers/coverage.py BUILD [--write] - what docs/coverage.yaml says, held true.

The file has a row for every symbol that the field knows by name and for every module of the
antispam reference. For a symbol: where a message raises it (a case of the battery, an example in
its rule, a message of tests/coverage/messages.yaml, a unit test), or why it is not here. Checks
that each name is one of the loaded rules, that each place raises it, and that no clean twin is
weighed down by it. Rules that decide or weigh 3 or more say how easily they are switched on
(ease), and something shows them or they stand under "unshown"; cases of the battery that they name
raise them. --write makes docs/coverage.md of the file.
"""
import glob
import json
import os
import re
import subprocess
import sys
import tempfile

import yaml

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
TABLE = os.path.join(TOP, "docs", "coverage.yaml")
PAGE = os.path.join(TOP, "docs", "coverage.md")
MESSAGES = os.path.join(TOP, "tests", "coverage", "messages.yaml")
STATES = ["done", "partly", "not"]
TWIN_WEIGHT = 1.0  # what a clean twin may collect from one symbol, at most
AT = "2026-11-22T10:00:00Z"


class Poterne:
    """Answers of the program that was built."""

    def __init__(self, build):
        self.program = os.path.join(build, "src", "poterne")
        self.sets = ["--set", f"paths.rules={TOP}/rules", "--set", f"paths.lists={TOP}/lists",
                     "--set", f"paths.programs={os.path.abspath(build)}/src"]

    def lines(self, command, *arguments):
        r = subprocess.run([self.program, command, "--json", *self.sets, *arguments], capture_output=True,
                           text=True, timeout=600)
        if r.returncode not in (0, 1):
            sys.exit(f"coverage: poterne {command}: {r.stderr}")
        return [json.loads(line) for line in r.stdout.splitlines()]


def rules_by_name(poterne, *arguments):
    """name or alias: rule"""
    rules = poterne.lines("rules", *arguments)
    names = {r["name"]: r for r in rules}
    for r in rules:
        for alias in r["aliases"]:
            names[alias] = r
    return rules, names


def battery(poterne):
    """id of a message: {symbol: weight}"""
    seen = {}
    for line in poterne.lines("audit", "--offline"):
        symbols = {}
        for text in line["symbols"].split():
            name, _, weight = text.rstrip(")").partition("(")
            symbols[name] = weight
        seen[line["id"]] = symbols
    return seen


def write_messages(folder, table):
    """The messages as files whose topmost fields say the envelope."""
    for name, m in table["messages"].items():
        head = ""
        if "sender" in m:
            head += f"Return-Path: <{m['sender']}>\n"
        head += (f"Received: from unknown ([{m.get('client', '192.0.2.25')}] helo={m.get('helo', 'mail.sender.example')})\n"
                 f"\tby mx.gateway.example with ESMTPS; Sun, 22 Nov 2026 10:00:00 +0000\n")
        with open(os.path.join(folder, f"{name}.eml"), "w", encoding="utf-8", newline="") as f:
            f.write((head + m["text"]).replace("\n", "\r\n"))


def write_site(folder, table):
    """What a site adds: an overlay, lists, answers of the DNS. Returns the options that name them."""
    for kind, ending in (("overlay", "yaml"), ("lists", "txt")):
        os.mkdir(os.path.join(folder, kind))
        for name, text in table["site"][kind].items():
            with open(os.path.join(folder, kind, f"{name}.{ending}"), "w", encoding="utf-8") as f:
                f.write(text)
    zone = os.path.join(folder, "zone.json")
    with open(zone, "w", encoding="utf-8") as f:
        json.dump(table["site"]["zone"], f)
    options = ["--set", f"paths.overlay={folder}/overlay", "--set", f"paths.site_lists={folder}/lists"]
    for assignment in table["site"]["configuration"]:
        options += ["--set", assignment]
    return options, ["--dns", zone]


def judge_messages(poterne, table):
    """name of a message: {symbol: score}"""
    with tempfile.TemporaryDirectory() as folder:
        options, dns = write_site(folder, table)
        mails = os.path.join(folder, "mails")
        os.mkdir(mails)
        write_messages(mails, table)
        answers = poterne.lines("scan", *options, *dns, "--at", AT, "--rcpt", table["site"]["recipient"], mails)
    return {os.path.basename(a["file"])[:-len(".eml")]: {s["name"]: s["score"] for s in a["symbols"]}
            for a in answers}


def check_messages(table, judged, names, errors):
    for name, m in table["messages"].items():
        if name not in judged:
            errors.append(f"message {name}: no verdict")
            continue
        for symbol in m.get("raises", []):
            if names.get(symbol, {"name": symbol})["name"] not in judged[name]:
                errors.append(f"message {name}: {symbol} is not raised: {sorted(judged[name])}")
        for symbol in m.get("spares", []):
            if names.get(symbol, {"name": symbol})["name"] in judged[name]:
                errors.append(f"message {name}: {symbol} is raised")


def mentions(file, rule):
    """Does a test, beside the code or end to end, speak of what raises that rule?"""
    folders = [*os.walk(os.path.join(TOP, "src")), *os.walk(os.path.join(TOP, "tests", "e2e"))]
    paths = [os.path.join(d, file) for d, _, files in folders if file in files]
    if not paths:
        return False
    with open(paths[0], encoding="utf-8") as f:
        text = f.read()
    return rule["condition"] in text or rule["name"] in text


def raises(place, rule, evidence):
    """Is that place one that raises the rule?"""
    kind, _, where = place.partition(" ")
    if kind == "example":
        return bool(rule["examples"])
    if kind == "battery":
        return any(rule["name"] in symbols for id, symbols in evidence["battery"].items() if id.startswith(where))
    if kind == "message":
        return rule["name"] in evidence["messages"].get(where, {})
    return kind == "unit" and mentions(where, rule)


def check_symbols(table, names, evidence, errors):
    for symbol, row in table["symbols"].items():
        if isinstance(row, dict):
            if list(row) not in (["argued"], ["missing"]) or not all(row.values()):
                errors.append(f"{symbol}: neither a place nor {{argued: reason}} nor {{missing: reason}}")
            if symbol in names:
                errors.append(f"{symbol}: is a symbol, and is said not to be")
            continue
        if symbol not in names:
            errors.append(f"{symbol}: no rule has that name")
        elif not raises(row, names[symbol], evidence):
            errors.append(f"{symbol} ({names[symbol]['name']}): {row} does not raise it")


def check_twins(table, names, evidence, errors):
    """Nobody who is innocent is weighed down."""
    for id, symbols in evidence["battery"].items():
        for name, weight in symbols.items() if id.startswith("C-") else ():
            heavy = weight and (not weight.lstrip("-").replace(".", "").isdigit() or float(weight) > TWIN_WEIGHT)
            if heavy and f"{id} {name}" not in table["twins"]:
                errors.append(f"clean twin {id}: {name} ({weight})")
    for excused in table["twins"]:
        id, name = excused.split()
        if name not in evidence["battery"].get(id, {}):
            errors.append(f"twins: {excused}: not raised, so nothing to excuse")


def check_modules(table, errors):
    for requirement, row in table["modules"].items():
        if set(row) != {"module", "state", "here"} or row["state"] not in STATES:
            errors.append(f"{requirement}: needs module, state ({', '.join(STATES)}) and here")


def words_of_tests():
    """All that unit tests, reviewed facts and end-to-end tests speak of."""
    words = set()
    for pattern in ("src/*/*_test.c", "src/inspect/inspect_golden/*", "tests/e2e/*.py",
                    "tests/pretexts/*.yaml"):
        for path in glob.glob(os.path.join(TOP, pattern)):
            with open(path, encoding="utf-8", errors="replace") as f:
                words |= set(re.findall(r"[A-Z][A-Z0-9_]+", f.read().replace("FINDING_", "")))
    return words


def check_rules(table, rules, evidence, errors):
    """Rules of weight say how easily they are switched on, and a test shows them."""
    shown = words_of_tests() | evidence["placed"]
    for r in rules:
        heavy = r["decision"] or r["score"] >= 3
        if heavy and not r["ease"]:
            errors.append(f"{r['name']}: decides or weighs {r['score']}, and has no ease")
        unshown = heavy and not r["tests"] and not r["examples"] and not {r["name"], r["condition"]} & shown
        if unshown != (r["name"] in table["unshown"]):
            errors.append(f"{r['name']}: " + ("nothing shows it" if unshown else "is shown, no row of unshown"))
        for case in r["tests"]:
            if not any(id.startswith(case) and r["name"] in s for id, s in evidence["battery"].items()):
                errors.append(f"{r['name']}: no message of {case} raises it")


def page(table, names):
    out = ["<!-- made by tools/checkers/coverage.py --write from coverage.yaml -->", "# Coverage", "",
           "Which of the symbols and modules that administrators of filters know are here, and where a "
           "message shows it.", "", "## Modules", "", "| requirement | module | state | here |", "|---|---|---|---|"]
    for requirement, row in table["modules"].items():
        out.append(f"| {requirement} | {row['module']} | {row['state']} | {' '.join(row['here'].split())} |")
    out += ["", "## Symbols", "", "| name | here | shown by, or why not |", "|---|---|---|"]
    for symbol, row in table["symbols"].items():
        if isinstance(row, dict):
            kind, reason = next(iter(row.items()))
            out.append(f"| {symbol} | {'-' if kind == 'argued' else 'missing'} | {' '.join(reason.split())} |")
        else:
            rule = names.get(symbol, {"name": "?"})
            out.append(f"| {symbol} | {'' if rule['name'] == symbol else rule['name']} | {row} |")
    return "\n".join(out) + "\n"


def check_page(text, write, errors):
    if write:
        with open(PAGE, "w", encoding="utf-8") as f:
            f.write(text)
        return
    with open(PAGE, encoding="utf-8") as f:
        if f.read() != text:
            errors.append("docs/coverage.md is not what coverage.yaml says: tools/checkers/coverage.py BUILD --write")


def main():
    if len(sys.argv) not in (2, 3) or sys.argv[2:] not in ([], ["--write"]):
        sys.exit(__doc__)
    poterne, errors = Poterne(sys.argv[1]), []
    with open(TABLE, encoding="utf-8") as f:
        table = yaml.safe_load(f)
    with open(MESSAGES, encoding="utf-8") as f:
        messages = yaml.safe_load(f)
    rules, names = rules_by_name(poterne)
    evidence = {"battery": battery(poterne), "messages": judge_messages(poterne, messages)}
    evidence["placed"] = {names[s]["name"] for s, row in table["symbols"].items() if s in names}
    for shown in evidence["messages"].values():
        evidence["placed"] |= set(shown)
    check_messages(messages, evidence["messages"], names, errors)
    check_symbols(table, names, evidence, errors)
    check_twins(table, names, evidence, errors)
    check_modules(table, errors)
    check_rules(table, rules, evidence, errors)
    check_page(page(table, names), sys.argv[2:] == ["--write"], errors)
    rows = table["symbols"].values()
    kinds = [next(iter(r)) if isinstance(r, dict) else "here" for r in rows]
    states = [row["state"] for row in table["modules"].values()]
    print(f"{len(kinds)} symbols: {kinds.count('here')} here, {kinds.count('argued')} argued, "
          f"{kinds.count('missing')} missing; {len(states)} modules: "
          + ", ".join(f"{states.count(s)} {s}" for s in STATES))
    for e in errors:
        print(e)
    sys.exit(1 if errors else 0)


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""tests/evaluate/battery_peers.py SHARED BUILD [CASE...] - the battery, judged by Poterne and by Rspamd.

Both are asked for their verdict of the same messages with the same envelopes, the same DNS (nsd serves
the battery's zone), and the same clamd with a base that knows EICAR. Rspamd is what Postfix would ask as
a milter: Debian's package with its own configuration, Redis, clamd, no greylisting, and the forbidden
extensions of lists/ as bad_extensions. Poterne has its shipped rules and the battery's world.

A variant counts as passed when what becomes of it is among what the battery expects; where a mark is
enough, any symbol of positive weight counts as one for Rspamd, whatever it is called, and the one that is
named for Poterne. Dangerous is a malicious variant that is delivered, marked or not. One JSON object a
variant goes to build/evaluate/battery-peers.jsonl.
"""
import concurrent.futures
import contextlib
import json
import os
import subprocess
import sys
import tempfile
import urllib.request

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path[:0] = [os.path.join(TOP, "tests", "lib"), os.path.join(TOP, "tests", "bench")]
from gateway import free_port, wait_until  # noqa: E402
from peers import Peer, listens, program  # noqa: E402
import relays  # noqa: E402

WORK = os.path.join(TOP, "build", "evaluate")
ACTIONS = {"no action": "accept", "greylist": "defer", "soft reject": "defer", "add header": "flag",
           "rewrite subject": "flag", "reject": "reject"}
DELIVERED = {"accept", "flag"}
TIMEOUT = 120


class Zone(Peer):
    """nsd with every name of the battery's world in one zone, the root's."""

    def __init__(self, names):
        super().__init__()
        self.names = names

    def records(self):
        yield ". 60 IN SOA . . 1 60 60 60 60"
        yield ". 60 IN NS ns.world.example."
        for name, types in self.names.items():
            for kind, values in types.items():
                for v in values if isinstance(values, list) else []:  # a word stands for an error
                    if kind == "TXT":
                        v = " ".join(json.dumps(v[i:i + 250]) for i in range(0, len(v), 250))
                    elif kind == "MX":
                        v = "%d %s" % (v[0], v[1] if v[1] == "." else v[1] + ".")
                    elif kind == "PTR":
                        v += "."
                    yield f"{name}. 60 IN {kind} {v}"

    def start(self):
        with open(f"{self.dir}/world.zone", "w", encoding="utf-8") as f:
            f.write("\n".join(self.records()) + "\n")
        with open(f"{self.dir}/nsd.conf", "w", encoding="utf-8") as f:
            f.write(f'server:\n ip-address: 127.0.0.1@{self.port}\n zonesdir: "{self.dir}"\n username: ""\n'
                    f' pidfile: "{self.dir}/pid"\n zonelistfile: "{self.dir}/list"\n xfrdfile: "{self.dir}/xfrd"\n'
                    f' xfrdir: "{self.dir}"\n logfile: "{self.dir}/nsd.log"\n chroot: ""\n'
                    f'remote-control:\n control-enable: no\nzone:\n name: "."\n zonefile: world.zone\n')
        self.spawn(program("nsd"), "-d", "-c", f"{self.dir}/nsd.conf")
        wait_until(lambda: listens(self.port), 20, "nsd")
        return self


class Clamd(Peer):
    """Debian's limits, and a base that knows EICAR and nothing else."""

    def start(self):
        base = os.path.join(self.dir, "db")
        os.makedirs(base, exist_ok=True)
        mark = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-" + b"STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
        with open(f"{base}/eicar.ndb", "w", encoding="ascii") as f:
            f.write(f"Eicar.Test:0:*:{mark.hex()}\n")
        user = "User nobody\n" if os.geteuid() == 0 else ""
        with open(f"{self.dir}/clamd.conf", "w", encoding="utf-8") as f:
            f.write(f"DatabaseDirectory {base}\nTCPSocket {self.port}\nTCPAddr 127.0.0.1\nForeground yes\n{user}"
                    f"LogFile {self.dir}/clamd.log\nStreamMaxLength 25M\nMaxScanSize 100M\nMaxFileSize 25M\n")
        if os.geteuid() == 0:
            subprocess.run(["chown", "-R", "nobody", self.dir], check=True)
        self.spawn(program("clamd"), "--config-file", f"{self.dir}/clamd.conf")
        wait_until(lambda: listens(self.port), 60, "clamd")
        return self


class Rspamd(relays.Rspamd):
    """For its verdicts: asked over HTTP, with the envelope in fields."""

    def __init__(self, folder, zone, clamd):
        super().__init__(folder)
        self.zone, self.clamd, self.normal = zone, clamd, free_port()

    def helpers(self, stack):
        redis = stack.enter_context(relays.Redis())
        bad = ", ".join(f'"{e}" = 20' for e in extensions())
        return [], {
            "options.inc": f"dns {{ nameserver = [\"127.0.0.1:{self.zone.port}\"]; }}\ncheck_local = true;\n"
                           f"max_message = 60M;\nhs_cache_dir = \"{relays.CACHE}/compiled\";\n",
            "worker-normal.inc": f"bind_socket = \"127.0.0.1:{self.normal}\";\ncount = 2;\ntask_timeout = 60s;\n",
            "worker-controller.inc": "secure_ip = [\"127.0.0.1\"];\n",
            "redis.conf": f"servers = \"127.0.0.1:{redis.port}\";\n",
            "greylist.conf": "enabled = false;\n",
            "ratelimit.conf": "enabled = false;\n",
            "mime_types.conf": f"bad_extensions = {{ {bad} }}\nbad_archive_extensions = {{ {bad} }}\n",
            "antivirus.conf": "clamav { type = \"clamav\"; symbol = \"CLAM_VIRUS\"; action = \"reject\"; "
                              f"scan_mime_parts = false; servers = \"127.0.0.1:{self.clamd.port}\"; }}\n",
        }

    def judge(self, case, message):
        request = urllib.request.Request(f"http://127.0.0.1:{self.normal}/checkv2", data=message, headers={
            "IP": case["client_ip"], "Helo": case["helo"], "From": case["reverse_path"] or "<>",
            "Rcpt": case["recipient"], "Hostname": "unknown"})
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:
                said = json.load(answer)
        except (OSError, ValueError) as e:
            return {"outcome": "error", "symbols": str(e)}  # Postfix's milter_default_action defers
        symbols = {n: s.get("score", 0) for n, s in said.get("symbols", {}).items()}
        return {"outcome": ACTIONS.get(said.get("action"), said.get("action", "error")), "score": said.get("score"),
                "weighs": any(w > 0 for w in symbols.values()),
                "symbols": " ".join(f"{n}({w:g})" for n, w in sorted(symbols.items(), key=lambda x: -x[1]))}


def extensions():
    names = set()
    for file in ("forbidden-extensions.txt", "macro-extensions.txt"):
        with open(os.path.join(TOP, "lists", file), encoding="utf-8") as f:
            names |= {line.split("#")[0].split()[0] for line in f if line.split("#")[0].strip()}
    return sorted(names)


def poterne(build, *arguments):
    return subprocess.run([os.path.join(build, "src", "poterne"), "audit", *arguments], capture_output=True, text=True,
                          timeout=1800)


def judged_by_us(build, clamd, messages, cases):
    out = poterne(build, "--offline", "--json", "--set", f"paths.rules={TOP}/rules", "--set",
                  f"paths.lists={TOP}/lists", "--set", f"paths.programs={os.path.abspath(build)}/src", "--set",
                  f"antivirus.clamd=tcp:127.0.0.1:{clamd.port}", *cases)
    if out.returncode not in (0, 1):
        sys.exit(out.stderr)
    # Cases of the dialogue are no messages.
    return [c for c in map(json.loads, out.stdout.splitlines())
            if os.path.exists(os.path.join(messages, c["id"] + ".eml"))]


def passed_by_peer(case, verdict):
    allowed, outcome = set(case["expected"].split("/")), verdict["outcome"]
    if outcome == "accept" and "accept" not in allowed and verdict.get("weighs"):
        outcome = "flag"
    return outcome in allowed


def judge_all(rspamd, folder, cases):
    def one(case):
        with open(os.path.join(folder, case["id"] + ".eml"), "rb") as f:
            verdict = rspamd.judge(case, f.read())
        verdict["passed"] = passed_by_peer(case, verdict)
        verdict["critical"] = case["malicious"] and verdict["outcome"] in DELIVERED
        return verdict

    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        return list(pool.map(one, cases))


def row(name, cases, verdicts):
    twin = name == "twin"
    whole = {}
    for c, v in zip(cases, verdicts):
        key = c["id"][:4 if c["id"][0] == "T" else 5]
        whole[key] = whole.get(key, True) and v["passed"]
    return {"cases": len(whole), "cases passed": sum(whole.values()), "variants": len(cases),
            "passed": sum(v["passed"] for v in verdicts), "malicious": sum(c["malicious"] for c in cases),
            "delivered": sum(v["critical"] for v in verdicts),
            "unmarked": sum(v["critical"] and v["outcome"] == "accept" for v in verdicts),
            "blocked": sum(v["outcome"] not in DELIVERED for v in verdicts) if twin else 0,
            "marked": sum(v["outcome"] == "flag" for v in verdicts) if twin else 0}


def table(cases, ours, theirs):
    groups = list(dict.fromkeys(c["group"] for c in cases))
    print(f"{'':14}{'cases':>6}{'variants':>9} | {'Poterne':^33} | {'Postfix + Rspamd + clamd':^33}")
    print(f"{'group':14}{'':6}{'':9} |{'cases':>7}{'passed':>8}{'danger':>8}{'twins-':>7}    "
          f"|{'cases':>7}{'passed':>8}{'danger':>8}{'twins-':>7}")
    for name in [*groups, "all"]:
        at = [i for i, c in enumerate(cases) if name in (c["group"], "all")]
        rows = [row(name, [cases[i] for i in at], [v[i] for i in at]) for v in (ours, theirs)]
        cells = [f"{r['cases passed']:7}{r['passed']:8}{r['delivered']:5}/{r['malicious']:<5}"
                 + (f"{r['blocked']}+{r['marked']}" if name == "twin" else "").ljust(7) for r in rows]
        print(f"{name:14}{rows[0]['cases']:6}{rows[0]['variants']:9} |{cells[0]} |{cells[1]}")
    unmarked = sum(v["critical"] and v["outcome"] == "accept" for v in theirs)
    print(f"danger: malicious variants delivered of all (Rspamd: {unmarked} of them unmarked); twins-: honest mail "
          f"blocked + marked\nRspamd gave no answer to {sum(v['outcome'] == 'error' for v in theirs)} messages, "
          f"which Postfix would defer")


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    build, only = sys.argv[2], sys.argv[3:]
    os.makedirs(WORK, exist_ok=True)
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        messages = os.path.join(folder, "messages")
        poterne(build, "--write", messages, *only)
        zone = stack.enter_context(Zone(json.loads(poterne(build, "--zone").stdout)))
        clamd = stack.enter_context(Clamd())
        cases = judged_by_us(build, clamd, messages, only)
        try:
            theirs = judge_all(stack.enter_context(Rspamd(folder, zone, clamd)), messages, cases)
        except relays.CannotRun as e:
            sys.exit(f"Rspamd cannot run here: {e}")
        with open(os.path.join(WORK, "battery-peers.jsonl"), "w", encoding="utf-8") as f:
            for case, verdict in zip(cases, theirs):
                f.write(json.dumps({**case, "rspamd": verdict}) + "\n")
        table(cases, cases, theirs)


if __name__ == "__main__":
    main()

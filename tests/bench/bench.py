#!/usr/bin/env python3
"""Poterne beside Postfix alone and Postfix with Rspamd, on this machine.

Every peer relays to an smtp-sink of its own. Rounds alternate (A B C A B C), so ratios hold
where the machine's speed drifts; the table shows medians and ranges. msg/s counts messages
accepted and arrived, from the first connection to the last arrival. cpu-s/1k is the CPU of
all processes of the peer for 1000 messages: the steadiest figure, since generator and sink
share the cores. ratio is msg/s beside Postfix alone. Size "mix" is a mailbox: p10/50/90/99 =
2.2/8/50/490 KB, mean 34 KB, texts, HTML and attachments (bodies.py).
"""
import argparse
import contextlib
import json
import os
import platform
import signal
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "lib")]
import bodies  # noqa: E402
import queued  # noqa: E402
import syscalls  # noqa: E402
import usage  # noqa: E402
from onerun import Failed, one_run  # noqa: E402
from relays import RELAYS, CannotRun, Sink  # noqa: E402

WARM_S = 0.5
SYSCALLS_S = 1
DEFAULT_PEERS = "postfix,poterne,poterne-spool"
NOTES = """Poterne judges each message in full, and hands it to the next hop before it says 250 when that takes
it at once; "spool" has each message on disk first, as Postfix has. Its DNS answers come from a file.
Postfix alone judges nothing.
"""
RSPAMD_NOTES = """Rspamd's name server answers NXDOMAIN at once and is counted with it; its checks of local clients are
on as far as it has a switch for them. Without "AV" it has no Redis (no Bayes) and no antivirus; with it, both,
and no greylisting; clamd has one signature: with a real base it costs several times that, here as with Poterne.
With few sessions and small messages its msg/s is latency (a 40 ms delayed ACK between Postfix and the
milter), not work: compare cpu-s/1k there.
"""


def parse_size(text):
    if text == "mix":
        return text
    units = {"k": 1 << 10, "m": 1 << 20}
    unit = units.get(text[-1:].lower(), 1)
    return int(text[:-1] if unit > 1 else text) * unit


def size_name(size):
    if size == "mix":
        return size
    for unit, name in ((1 << 20, "MB"), (1 << 10, "KB")):
        if size % unit == 0:
            return f"{size // unit} {name}"
    return f"{size} B"


def numbers(parse):
    return lambda text: [parse(x) for x in text.split(",")]


def arguments():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--sizes", type=numbers(parse_size), default="4k,50k,1m", help="default 4k,50k,1m; also mix")
    p.add_argument("--sessions", type=numbers(int), default="1,10,50", help="default 1,10,50")
    p.add_argument("--secs", type=float, default=2, help="length of one run (2)")
    p.add_argument("--rounds", type=int, default=3, help="runs of each peer (3)")
    p.add_argument("--peers", default=DEFAULT_PEERS, help=f"of {', '.join(RELAYS)} (default {DEFAULT_PEERS})")
    p.add_argument("--load", choices=["own", "smtp-source"], default="own",
                   help="own: realistic messages, no Nagle stalls; smtp-source: Postfix's generator, XXXX bodies")
    p.add_argument("--json", help="write all runs to this file")
    p.add_argument("--syscalls", action="store_true", help="one run more for each line, counting system calls")
    p.add_argument("--queued", type=numbers(int), metavar="N,...",
                   help="instead: what a message costs Poterne while N others wait for a next hop that is down")
    p.add_argument("--idle", action="store_true", help="only the memory of the peers at rest")
    args = p.parse_args()
    args.peers = args.peers.split(",")
    unknown = set(args.peers) - set(RELAYS)
    if unknown:
        p.error(f"unknown peer {', '.join(unknown)}; there are {', '.join(RELAYS)}")
    if args.load == "smtp-source" and "mix" in args.sizes:
        p.error("smtp-source has no mix; use --load own")
    return args


def cell(peers, args, size, sessions):
    """All rounds of one size and number of sessions: peer -> runs."""
    runs, counts = {p.name: [] for p in peers}, {}

    def attempt(peer, secs):
        count = 0
        if args.load == "smtp-source":
            count = counts.get(peer.name, max(2 * sessions, 100 if size < 500000 else 10))
        try:
            return one_run(peer, size, sessions, secs, count)
        except (Failed, subprocess.TimeoutExpired) as e:
            print(f"! {peer.label}, {size_name(size)}, {sessions} sessions: {e}", flush=True)
            return None

    for number in range(args.rounds + 1):
        for peer in peers:
            warm = number == 0
            run = attempt(peer, WARM_S if warm else args.secs)
            if run and warm:
                counts[peer.name] = max(2 * sessions, int(run["rate"] * args.secs))
            elif run:
                runs[peer.name].append(run)
    for peer in peers if args.syscalls else []:
        with syscalls.Count(usage.tree(peer.roots())) as count:
            run = attempt(peer, SYSCALLS_S)
        for each in runs[peer.name] if run else []:
            each["syscalls"] = count.calls / run["accepted"]
    return runs


HEAD = (f"{'size':>6} {'sess':>4}  {'peer':<17} {'msg/s':>8} {'[range]':>15} {'ratio':>6} {'cpu-s/1k':>8} "
        f"{'[range]':>13} {'accept p50/p99 ms':>18} {'PSS MB':>7} {'proc':>4} {'load/1k':>7}")
SYSCALLS_HEAD = f" {'calls/msg':>9}"


def range_of(runs, key, digits):
    values = [r[key] for r in runs]
    return f"[{min(values):.{digits}f}-{max(values):.{digits}f}]"


def median(runs, key):
    return statistics.median(r[key] for r in runs)


def show(peers, runs, size, sessions):
    base = median(runs["postfix"], "rate") if runs.get("postfix") else None
    for peer in peers:
        mine = runs[peer.name]
        if not mine:
            continue
        rate = median(mine, "rate")
        ratio = f"x{rate / base:.2f}" if base else "-"
        latency = "-" if mine[0]["p50_ms"] is None else f"{median(mine, 'p50_ms'):.1f}/{median(mine, 'p99_ms'):.1f}"
        print(f"{size_name(size):>6} {sessions:>4}  {peer.label:<17} {rate:>8.1f} {range_of(mine, 'rate', 0):>15} "
              f"{ratio:>6} {median(mine, 'cpu_per_1000'):>8.2f} {range_of(mine, 'cpu_per_1000', 2):>13} "
              f"{latency:>18} {median(mine, 'pss') / 1e6:>7.1f} {median(mine, 'processes'):>4.0f} "
              f"{median(mine, 'load_cpu_per_1000'):>7.2f}" +
              (f" {mine[0]['syscalls']:>9.0f}" if "syscalls" in mine[0] else "") + trouble(mine), flush=True)


def trouble(runs):
    words = "".join(f"  {sum(r[k] for r in runs)} {k}" for k in ("refused", "errors", "missing")
                    if any(r[k] for r in runs))
    error = next((r["last_error"] for r in runs if r["last_error"]), "")
    return words + (f" ({error[:80]})" if error else "")


def fsync_ms(folder):
    times = []
    for n in range(50):
        path = os.path.join(folder, f"fsync-{n}")
        with open(path, "wb") as f:
            f.write(bytes(4096))
            began = time.monotonic()
            f.flush()
            os.fsync(f.fileno())
            times.append(time.monotonic() - began)
        os.remove(path)
    return 1000 * statistics.median(times)


def cpu_model():
    with contextlib.suppress(OSError):
        with open("/proc/cpuinfo", encoding="utf-8") as f:
            for line in f:
                if line.startswith("model name"):
                    return line.split(":", 1)[1].strip()
    return platform.machine()


def show_idle(peers):
    print(f"\n{'peer':<17} {'PSS MB':>7}  at rest, shared pages counted once")
    for peer in peers:
        pids = usage.tree(peer.roots())
        memory = {p: usage.pss_bytes(p) for p in pids}
        print(f"{peer.label:<17} {sum(memory.values()) / 1e6:>7.1f}  " +
              ", ".join(f"{usage.name(p)} {m / 1e6:.1f}" for p, m in sorted(memory.items(), key=lambda x: -x[1])))


def describe_mix():
    sizes = sorted(len(m) for m in bodies.templates("mix"))
    shares = "/".join(f"{sizes[int(len(sizes) * q)] / 1000:.1f}" for q in (0.1, 0.5, 0.9, 0.99))
    print(f"mix: p10/50/90/99 = {shares} KB, mean {statistics.mean(sizes) / 1000:.1f} KB, {len(sizes)} different "
          "messages, each made unique when it is sent")


def start_peers(stack, names, folder):
    peers = []
    for name in names:
        sink = stack.enter_context(Sink(folder))
        peer = RELAYS[name](folder, sink.port)
        try:
            stack.enter_context(peer)
        except (CannotRun, AssertionError) as e:
            print(f"! {peer.label} is left out: {e}", flush=True)
            continue
        peer.sink = sink
        peers.append(peer)
    return peers


def measure(peers, args):
    everything = []
    print(f"\n{HEAD}{SYSCALLS_HEAD if args.syscalls else ''}", flush=True)
    for size in args.sizes:
        for sessions in args.sessions:
            runs = cell(peers, args, size, sessions)
            show(peers, runs, size, sessions)
            everything += [r for mine in runs.values() for r in mine]
    if everything:
        others = [r["others_cores"] for r in everything]
        notes = NOTES + (RSPAMD_NOTES if any("rspamd" in p.name for p in peers) else "")
        print(f"\n{notes}Meanwhile other processes of this machine kept {statistics.median(others):.2f} cores busy "
              f"(at most {max(others):.2f}).")
    return everything


def main():
    args = arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    began = time.monotonic()
    with contextlib.ExitStack() as stack:
        # /var/tmp, since /tmp may be memory, where fsync costs nothing.
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="poterne-bench-", dir="/var/tmp"))
        os.chmod(folder, 0o755)
        if args.queued:
            try:
                queued.measure(folder, args.queued, args.rounds, args.secs)
            except (AssertionError, CannotRun, Failed) as e:
                sys.exit(f"bench: {e}")
            return
        peers = start_peers(stack, args.peers, folder)
        if not peers:
            sys.exit(3)
        if args.syscalls and not syscalls.available():
            print("! perf cannot count system calls here (package linux-perf, as root): no column of them", flush=True)
            args.syscalls = False
        versions = ", ".join(f"{p.label} {p.version()}" for p in peers)
        fsync = fsync_ms(folder)
        print(f"{os.cpu_count()} cores ({cpu_model()}); fsync of 4 KB {fsync:.2f} ms; load {args.load}\n{versions}",
              flush=True)
        if args.idle:
            show_idle(peers)
            return
        if "mix" in args.sizes:
            describe_mix()
        everything = measure(peers, args)
    if args.json:
        with open(args.json, "w", encoding="utf-8") as f:
            json.dump({"cores": os.cpu_count(), "cpu": cpu_model(), "fsync_ms": fsync, "load": args.load,
                       "peers": versions, "runs": everything}, f, indent=1)
    print(f"{time.monotonic() - began:.0f} s")
    if not everything:
        sys.exit(1)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)

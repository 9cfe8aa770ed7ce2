#!/usr/bin/env python3
"""make bench: Poterne beside Postfix alone and Postfix with Rspamd, on this machine.

Every peer relays to an smtp-sink of its own. Rounds alternate (A B C A B C), so ratios hold
where the machine's speed drifts; the table shows medians and ranges. msg/s counts messages
accepted and arrived, from the first connection to the last arrival. cpu-s/1k is the CPU of
all processes of the peer for 1000 messages: the steadiest figure, since generator and sink
share the cores. ratio is msg/s beside Postfix alone.
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
import usage  # noqa: E402
from gateway import wait_until  # noqa: E402
from nxdomain import NxDomain  # noqa: E402
from peers import program  # noqa: E402
from relays import RELAYS, CannotRun, Sink  # noqa: E402

DRAIN_S = 60
WARM_S = 0.5
NOTES = """Poterne judges each message in full. Postfix alone judges nothing. Rspamd runs without Redis (no
Bayes, no greylisting) and without antivirus, its name server answers NXDOMAIN at once, and its checks
of local clients are on as far as it has a switch for them: real Rspamd costs more than this one.
With few sessions and small messages its msg/s is latency (a 40 ms delayed ACK between Postfix and the
milter), not work: compare cpu-s/1k there."""


class Failed(Exception):
    pass


def parse_size(text):
    units = {"k": 1 << 10, "m": 1 << 20}
    unit = units.get(text[-1:].lower(), 1)
    return int(text[:-1] if unit > 1 else text) * unit


def size_name(size):
    for unit, name in ((1 << 20, "MB"), (1 << 10, "KB")):
        if size % unit == 0:
            return f"{size // unit} {name}"
    return f"{size} B"


def numbers(parse):
    return lambda text: [parse(x) for x in text.split(",")]


def arguments():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--sizes", type=numbers(parse_size), default="4k,50k,1m", help="default 4k,50k,1m")
    p.add_argument("--sessions", type=numbers(int), default="1,10,50", help="default 1,10,50")
    p.add_argument("--secs", type=float, default=2, help="length of one run (2)")
    p.add_argument("--rounds", type=int, default=3, help="runs of each peer (3)")
    p.add_argument("--peers", default=",".join(RELAYS), help=f"default {','.join(RELAYS)}")
    p.add_argument("--load", choices=["own", "smtp-source"], default="own",
                   help="own: realistic messages, no Nagle stalls; smtp-source: Postfix's generator, XXXX bodies")
    p.add_argument("--json", help="write all runs to this file")
    p.add_argument("--idle", action="store_true", help="only the memory of the peers at rest")
    args = p.parse_args()
    args.peers = args.peers.split(",")
    unknown = set(args.peers) - set(RELAYS)
    if unknown:
        p.error(f"unknown peer {', '.join(unknown)}; there are {', '.join(RELAYS)}")
    return args


def own_load(peer, size, sessions, secs, _count):
    seed = time.time_ns() // 1000 % (1 << 24)
    r = subprocess.run([sys.executable, os.path.join(HERE, "load.py"), str(peer.port), str(secs), str(sessions),
                        str(size), str(seed)], capture_output=True, text=True, timeout=secs + 120)
    if r.returncode:
        raise Failed(r.stderr[-300:])
    return json.loads(r.stdout)


def classic_load(peer, size, sessions, secs, count):
    first = time.monotonic()
    r = subprocess.run([program("smtp-source"), "-s", str(sessions), "-m", str(count), "-l", str(size),
                        "-f", "claire.martin@partner.example", "-t", "accueil@hopital.example",
                        "-M", "mail.partner.example", f"127.0.0.1:{peer.port}"],
                       capture_output=True, text=True, timeout=secs + 120)
    if r.returncode:
        raise Failed((r.stderr or r.stdout)[-300:].strip())
    return {"first": first, "last": time.monotonic(), "accepted": count, "refused": 0, "errors": 0,
            "last_error": "", "bytes": count * size, "p50_ms": None, "p99_ms": None}


def wait_for_arrival(sink, wanted):
    """The count that has arrived and when the last of them did; gives up when nothing moves."""
    count, since = -1, time.monotonic()
    while True:
        now, got = time.monotonic(), sink.count()
        if got != count:
            count, since = got, now
        if count >= wanted or now > since + DRAIN_S:
            return count, since
        time.sleep(0.003)


def one_run(peer, args, size, sessions, secs, count):
    """Measures one run; the generator's own start is not in the time."""
    before, peer_cpu, busy = peer.sink.count(), usage.cpu_seconds(peer.roots()), usage.machine_busy_seconds()
    own = usage.cpu_of([os.getpid(), peer.sink.process.pid])
    load = (own_load if args.load == "own" else classic_load)(peer, size, sessions, secs, count)
    arrived, last = wait_for_arrival(peer.sink, before + load["accepted"])
    arrived -= before
    handled = load["accepted"]
    if not handled:
        raise Failed(load["last_error"] or "no message was accepted")
    busy = usage.machine_busy_seconds() - busy
    peer_cpu = usage.cpu_seconds(peer.roots()) - peer_cpu
    own = usage.cpu_of([os.getpid(), peer.sink.process.pid]) - own
    seconds = max(last, load["last"] if args.load == "own" else 0) - load["first"]
    pids = usage.tree(peer.roots())
    return {"peer": peer.name, "size": size, "sessions": sessions, "messages": arrived, "seconds": seconds,
            "rate": arrived / seconds, "cpu_per_1000": 1000 * peer_cpu / handled,
            "load_cpu_per_1000": 1000 * own / handled, "others_cores": max(0, busy - peer_cpu - own) / seconds,
            "pss": sum(usage.pss_bytes(p) for p in pids), "processes": len(pids), "missing": handled - arrived,
            **{k: load[k] for k in ("refused", "errors", "last_error", "p50_ms", "p99_ms")}}


def cell(peers, args, size, sessions):
    """All rounds of one size and number of sessions: peer -> runs."""
    runs, counts = {p.name: [] for p in peers}, {}
    for number in range(args.rounds + 1):
        for peer in peers:
            warm = number == 0
            count = counts.get(peer.name, max(2 * sessions, 100 if size < 500000 else 10))
            try:
                run = one_run(peer, args, size, sessions, WARM_S if warm else args.secs, count)
            except (Failed, subprocess.TimeoutExpired) as e:
                print(f"! {peer.label}, {size_name(size)}, {sessions} sessions: {e}", flush=True)
                continue
            if warm:
                counts[peer.name] = max(2 * sessions, int(run["rate"] * args.secs))
            else:
                runs[peer.name].append(run)
    return runs


HEAD = (f"{'size':>6} {'sess':>4}  {'peer':<17} {'msg/s':>8} {'[range]':>15} {'ratio':>6} {'cpu-s/1k':>8} "
        f"{'[range]':>13} {'accept p50/p99 ms':>18} {'PSS MB':>7} {'proc':>4} {'load/1k':>7}")


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
              f"{median(mine, 'load_cpu_per_1000'):>7.2f}" + trouble(mine), flush=True)


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


def start_peers(stack, names, folder):
    dns, peers = stack.enter_context(NxDomain()), []
    for name in names:
        sink = stack.enter_context(Sink(folder))
        peer = RELAYS[name](folder, sink.port, dns.port)
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
    print(f"\n{HEAD}", flush=True)
    for size in args.sizes:
        for sessions in args.sessions:
            runs = cell(peers, args, size, sessions)
            show(peers, runs, size, sessions)
            everything += [r for mine in runs.values() for r in mine]
    if everything:
        others = [r["others_cores"] for r in everything]
        print(f"\n{NOTES}\nMeanwhile other processes of this machine kept {statistics.median(others):.2f} cores busy "
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
        peers = start_peers(stack, args.peers, folder)
        if not peers:
            sys.exit(3)
        versions = ", ".join(f"{p.label} {p.version()}" for p in peers)
        fsync = fsync_ms(folder)
        print(f"{os.cpu_count()} cores ({cpu_model()}); fsync of 4 KB {fsync:.2f} ms; load {args.load}\n{versions}",
              flush=True)
        if args.idle:
            show_idle(peers)
            return
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

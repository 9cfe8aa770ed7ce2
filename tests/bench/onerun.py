"""One run of one peer: what is sent, what arrives and what it costs."""
import json
import os
import subprocess
import sys
import time

import usage
from peers import program

HERE = os.path.dirname(os.path.abspath(__file__))
DRAIN_S = 60


class Failed(Exception):
    pass


def own_load(peer, size, sessions, secs, *options):
    """What load.py says of itself; its options as it wants them."""
    seed = time.time_ns() // 1000 % (1 << 24)
    r = subprocess.run([sys.executable, os.path.join(HERE, "load.py"), str(peer.port), str(secs), str(sessions),
                        str(size), str(seed), *options], capture_output=True, text=True, timeout=secs + 120)
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


def one_run(peer, size, sessions, secs, classic_count=0):
    """Measures one run; the generator's own start is not in the time. With classic_count that
    many messages of smtp-source instead of ours for secs."""
    before, peer_cpu, busy = peer.sink.count(), usage.cpu_seconds(peer.roots()), usage.machine_busy_seconds()
    own = usage.cpu_of([os.getpid(), peer.sink.process.pid])
    if classic_count:
        load = classic_load(peer, size, sessions, secs, classic_count)
    else:
        load = own_load(peer, size, sessions, secs)
    arrived, last = wait_for_arrival(peer.sink, before + load["accepted"])
    arrived -= before
    handled = load["accepted"]
    if not handled:
        raise Failed(load["last_error"] or "no message was accepted")
    busy = usage.machine_busy_seconds() - busy
    peer_cpu = usage.cpu_seconds(peer.roots()) - peer_cpu
    own = usage.cpu_of([os.getpid(), peer.sink.process.pid]) - own
    seconds = max(last, 0 if classic_count else load["last"]) - load["first"]
    pids = usage.tree(peer.roots())
    return {"peer": peer.name, "size": size, "sessions": sessions, "messages": arrived, "accepted": handled,
            "seconds": seconds, "rate": arrived / seconds, "cpu_per_1000": 1000 * peer_cpu / handled,
            "load_cpu_per_1000": 1000 * own / handled, "others_cores": max(0, busy - peer_cpu - own) / seconds,
            "pss": sum(usage.pss_bytes(p) for p in pids), "processes": len(pids), "missing": handled - arrived,
            **{k: load[k] for k in ("refused", "errors", "last_error", "p50_ms", "p99_ms")}}

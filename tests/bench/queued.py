"""What a message costs Poterne while others wait for a next hop that is down: N of them are put
into the queue first, for a route of their own to a closed port; then messages for the other
next hop are measured, all in the spool before 250. The queue only grows, so the lines are not
interleaved as those of the table.
"""
import os
import re
import socket
import statistics
import subprocess

import usage
from gateway import wait_until
from onerun import Failed, one_run, own_load
from relays import PoterneSpool, Sink

HELD, HELD_BYTES, HELD_SESSIONS, HELD_EACH = "accueil@held.example", 1000, 20, 100
SIZE, SESSIONS, WARM_S = 4096, 10, 0.5
HEAD = (f"{'queued':>7} {'put in/s':>8} {'msg/s':>8} {'[range]':>13} {'cpu-s/1k':>8} {'[range]':>13} "
        f"{'accept p50/p99 ms':>18} {'PSS MB':>7}  {SIZE // 1024} KB, {SESSIONS} sessions")


def in_queue(peer):
    """How many messages the gateway says it keeps, whatever their state."""
    text = subprocess.run([os.path.join(peer.gateway.bin, "poterne"), "metrics", "--prometheus",
                           *peer.gateway.arguments()], capture_output=True, text=True).stdout
    return sum(int(n) for n in re.findall(r"^poterne_store_queue\{.*\} (\d+)$", text, re.M))


def put_in(peer, messages):
    """Returns how many a second."""
    load = own_load(peer, HELD_BYTES, HELD_SESSIONS, 600, "--messages", str(messages), "--each", str(HELD_EACH),
                    "--to", HELD)
    if load["accepted"] != messages:
        raise Failed(f"{load['accepted']} of {messages} were accepted for the queue: {load['last_error']}")
    return messages / (load["last"] - load["first"])


def line(peer, queued, rate, rounds, secs):
    runs = [one_run(peer, SIZE, SESSIONS, secs if n else WARM_S) for n in range(rounds + 1)][1:]

    def column(key, digits):
        values = [r[key] for r in runs]
        return f"{statistics.median(values):>8.{digits}f} {f'[{min(values):.{digits}f}-{max(values):.{digits}f}]':>13}"
    latency = "/".join(f"{statistics.median(r[k] for r in runs):.1f}" for k in ("p50_ms", "p99_ms"))
    missing = sum(r["missing"] for r in runs)
    pss = sum(usage.pss_bytes(p) for p in usage.tree(peer.roots())) / 1e6
    print(f"{queued:>7} {f'{rate:.0f}' if rate else '-':>8} {column('rate', 1)} {column('cpu_per_1000', 2)} "
          f"{latency:>18} {pss:>7.1f}" + (f"  {missing} missing" if missing else ""), flush=True)


def measure(folder, queue, rounds, secs):
    with socket.socket() as closed, Sink(folder) as sink:
        closed.bind(("127.0.0.1", 0))  # and never listens
        peer = PoterneSpool(folder, sink.port)
        peer.sink = sink
        peer.gateway.sets["domains"] = "hopital.example,held.example"
        peer.gateway.sets["delivery.routes"] = f"held.example smtp:127.0.0.1:{closed.getsockname()[1]}"
        with peer:
            print(HEAD, flush=True)
            there = 0
            for queued in sorted({0, *queue}):
                rate = put_in(peer, queued - there) if queued else 0
                there = queued
                wait_until(lambda: in_queue(peer) == there, 60, f"{there} messages in the queue")
                line(peer, queued, rate, rounds, secs)

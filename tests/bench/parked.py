#!/usr/bin/env python3
"""tests/bench/parked.py parked|flood: what an idle connection costs, and what a flood does to the others.

parked: N connections greet (and STARTTLS), then say nothing; the memory of poterne-edge and of
the kernel before and after. flood: N connections drip a byte now and then, from many addresses;
meanwhile honest messages are sent and timed. Needs as many descriptors as connections, twice:
root may raise the limit.
"""
import argparse
import os
import resource
import socket
import ssl
import statistics
import sys
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "lib")]
import usage  # noqa: E402
from gateway import Gateway  # noqa: E402
from peers import SmtpSink  # noqa: E402

PER_ADDRESS = 500  # connections from each 127.0.x.y
DRIP_S = 0.5


def arguments():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("what", choices=["parked", "flood"])
    p.add_argument("--connections", type=int, help="20000 parked, 5000 dripping")
    p.add_argument("--clear", action="store_true", help="parked without TLS")
    p.add_argument("--secs", type=float, default=10, help="time of the honest messages, without and with the flood")
    return p.parse_args()


def raise_limit(n):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, n), max(hard, n)))
    except (OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def source(number):
    """Addresses of the loopback network, none of them that of the honest sender."""
    return f"127.1.{number // PER_ADDRESS // 250}.{number // PER_ADDRESS % 250 + 1}"


def connect(port, number):
    return socket.create_connection(("127.0.0.1", port), 20, source_address=(source(number), 0))


def reply(s):
    data = b""
    while not data.endswith(b"\n") or data.splitlines()[-1][3:4] == b"-":
        more = s.recv(4096)
        if not more:
            raise ValueError(f"closed after {data!r}")
        data += more
    return data


def park(port, number, tls):
    """Greets and falls silent; the descriptor alone is kept, so that this side costs little."""
    s = connect(port, number)
    reply(s)
    s.sendall(b"EHLO parked.example\r\n")
    reply(s)
    if not tls:
        return s
    s.sendall(b"STARTTLS\r\n")
    reply(s)
    t = tls.wrap_socket(s, server_hostname="mx.hopital.example")
    t.sendall(b"EHLO parked.example\r\n")
    reply(t)
    return socket.socket(fileno=t.detach())


def kernel_bytes():
    """Slab and socket buffers of the whole machine."""
    found = {}
    with open("/proc/meminfo", encoding="ascii") as f:
        for line in f:
            found[line.split(":")[0]] = int(line.split()[1]) * 1024
    with open("/proc/net/sockstat", encoding="ascii") as f:
        for line in f:
            if line.startswith("TCP:"):
                words = line.split()
                pages = int(words[words.index("mem") + 1])
    return found["Slab"] + pages * os.sysconf("SC_PAGE_SIZE")


def edge_pid(gateway):
    return next(p for p in usage.tree([gateway.process.pid]) if usage.name(p) == "poterne-edge")


def rss_bytes(pid):
    with open(f"/proc/{pid}/statm", encoding="ascii") as f:
        return int(f.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def parked(gateway, n, clear):
    tls = None
    if not clear:
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        tls.check_hostname, tls.verify_mode = False, ssl.CERT_NONE
    warm = [park(gateway.port, n + i, tls) for i in range(50)]
    pid = edge_pid(gateway)
    rss, pss, kernel, cpu, began = (rss_bytes(pid), usage.pss_bytes(pid), kernel_bytes(), usage.cpu_of([pid]),
                                    time.monotonic())
    held = []
    for i in range(n):
        held.append(park(gateway.port, i, tls))
        if i % 1000 == 999 and sys.stderr.isatty():
            print(f"\r{i + 1} of {n}", end="" if i + 1 < n else "\n", file=sys.stderr, flush=True)
    took, cpu = time.monotonic() - began, usage.cpu_of([pid]) - cpu
    time.sleep(2)  # buffers of the last ones are given back
    rss, pss, kernel = rss_bytes(pid) - rss, usage.pss_bytes(pid) - pss, kernel_bytes() - kernel
    print(f"{n} connections parked {'in clear' if clear else 'with TLS'} in {took:.0f} s, "
          f"{1000 * cpu / n:.2f} ms of CPU each in poterne-edge")
    print(f"each: {rss / n / 1024:.2f} KiB RSS, {pss / n / 1024:.2f} KiB PSS in poterne-edge; "
          f"{kernel / n / 1024:.2f} KiB of kernel memory for both ends")
    latencies = honest(gateway.port, 2)
    print(f"beside them an honest message is answered in {quantiles(latencies)}")
    for s in held + warm:
        s.close()


def quantiles(values):
    values = sorted(values)
    return (f"p50 {1000 * statistics.median(values):.1f} ms, p99 {1000 * values[int(len(values) * 0.99)]:.1f} ms, "
            f"worst {1000 * values[-1]:.1f} ms")


def honest(port, seconds):
    """From connection to the answer to the final dot, one after the other."""
    latencies, end = [], time.monotonic() + seconds
    while time.monotonic() < end:
        began = time.monotonic()
        with socket.create_connection(("127.0.0.1", port), 60) as s:
            reply(s)
            for line in (b"EHLO mail.partner.example\r\n", b"MAIL FROM:<a@partner.example>\r\n",
                         b"RCPT TO:<accueil@hopital.example>\r\n", b"DATA\r\n",
                         b"From: a@partner.example\r\nTo: accueil@hopital.example\r\nSubject: flood\r\n"
                         b"Message-ID: <%d@partner.example>\r\nDate: Sat, 21 Nov 2026 10:00:00 +0100\r\n\r\n"
                         b"bonjour\r\n.\r\n" % len(latencies)):
                s.sendall(line)
                answer = reply(s)
            if not answer.startswith(b"250"):
                raise ValueError(answer)
        latencies.append(time.monotonic() - began)
    return latencies


class Drip(threading.Thread):
    """Hostile connections that say one byte each at a time, and come again when they are closed."""

    def __init__(self, port, n):
        super().__init__(daemon=True)
        self.port, self.n, self.over, self.bytes, self.again = port, n, False, 0, 0
        self.open = [None] * n

    def run(self):
        line, at = b"MAIL FROM:<" + 400 * b"x", 0
        while not self.over:
            began = time.monotonic()
            for i in range(self.n):
                if self.over:
                    break
                try:
                    if self.open[i] is None:
                        self.open[i] = connect(self.port, i)
                        self.open[i].setblocking(False)
                        continue  # the greeting comes first
                    self.open[i].send(line[at:at + 1])
                    self.bytes += 1
                except BlockingIOError:
                    pass
                except OSError:
                    self.again += 1
                    if self.open[i]:
                        self.open[i].close()
                    self.open[i] = None
            at = (at + 1) % len(line)
            time.sleep(max(0, began + DRIP_S - time.monotonic()))

    def connected(self):
        return sum(s is not None for s in self.open)


def flood(gateway, n, seconds):
    quiet = honest(gateway.port, seconds)
    drip = Drip(gateway.port, n)
    drip.start()
    while drip.connected() < n and drip.again < n:
        time.sleep(0.1)
    pid, began = edge_pid(gateway), time.monotonic()
    cpu, sent = usage.cpu_of([pid]), drip.bytes
    busy = honest(gateway.port, seconds)
    took = time.monotonic() - began
    cpu, sent = usage.cpu_of([pid]) - cpu, drip.bytes - sent
    print(f"{drip.connected()} connections dripped {sent / took:.0f} bytes/s; poterne-edge used "
          f"{cpu / took:.2f} cores; {drip.again} were cut off and came again")
    print(f"an honest message: alone {quantiles(quiet)}; in the flood {quantiles(busy)}")
    drip.over = True
    drip.join()


def main():
    args = arguments()
    n = args.connections or (20000 if args.what == "parked" else 5000)
    raise_limit(2 * n + 4096)
    n = min(n, resource.getrlimit(resource.RLIMIT_NOFILE)[0] - 500)
    with SmtpSink() as sink:
        with Gateway(build="build/release",
                     delivery__next_hop=f"smtp:127.0.0.1:{sink.port}", smtp__max_connections=n + 1000,
                     smtp__max_connections_per_client=PER_ADDRESS + 100) as gateway:
            if args.what == "parked":
                parked(gateway, n, args.clear)
            else:
                flood(gateway, n, args.secs)


if __name__ == "__main__":
    main()

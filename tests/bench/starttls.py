#!/usr/bin/env python3
"""What STARTTLS costs the server: CPU of a fresh connection (EHLO, STARTTLS, EHLO, QUIT; ECDSA
P-256, no resumption), for Poterne and for Debian's Postfix with the same certificate, and
memory of a parked session of Poterne.

Rounds alternate; a line shows the median and the range. CPU is of all processes of the peer.
"""
import argparse
import os
import resource
import socket
import ssl
import statistics
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "lib")]
import relays  # noqa: E402
import usage  # noqa: E402

KB = 1024


def client_context(version):
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.maximum_version = version
    return context


def dialogue(s, command=None):
    """Sends a command and reads its reply to the last line."""
    if command:
        s.sendall(command + b"\r\n")
    reply = b""
    while not reply.endswith(b"\r\n") or reply.split(b"\r\n")[-2][3:4] != b" ":
        more = s.recv(4096)
        if not more:
            raise OSError(f"connection closed after {command}")
        reply += more
    if not reply.startswith(b"2"):
        raise OSError(f"{command}: {reply}")


def connect(port, context):
    s = socket.create_connection(("127.0.0.1", port))
    s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    dialogue(s)
    dialogue(s, b"EHLO mail.partner.example")
    if context:
        dialogue(s, b"STARTTLS")
        s = context.wrap_socket(s)
        dialogue(s, b"EHLO mail.partner.example")
    return s


def one(port, context):
    with connect(port, context) as s:
        dialogue(s, b"QUIT")


def cpu_us(peer, context, connections, parallel):
    """CPU of the peer for one connection, in microseconds."""
    before = usage.cpu_seconds(peer.roots())
    with ThreadPoolExecutor(parallel) as pool:
        for _ in pool.map(lambda _: one(peer.port, context), range(connections)):
            pass
    return 1e6 * (usage.cpu_seconds(peer.roots()) - before) / connections


def make_certificate(folder):
    pem, key = os.path.join(folder, "mx.pem"), os.path.join(folder, "mx.key")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days",
                    "90", "-subj", "/CN=mx.hopital.example", "-addext", "subjectAltName=DNS:mx.hopital.example",
                    "-out", pem, "-keyout", key], check=True, capture_output=True)
    return pem, key


class Poterne(relays.Poterne):
    def __init__(self, folder, pem, key):
        super().__init__(folder, 9)
        self.gateway.sets.update({"tls.certificate": pem, "tls.key": key, "smtp.max_connections": "20000",
                                  "smtp.max_connections_per_client": "20000"})


class Postfix(relays.Postfix):
    def __init__(self, folder, pem, key):
        super().__init__(folder, 9)
        self.pem, self.key = pem, key

    def main_cf(self):
        return super().main_cf() + f"""smtpd_tls_chain_files = {self.key}, {self.pem}
smtpd_tls_security_level = may
smtpd_client_connection_count_limit = 0
"""


def parked_kb(peer, context, sessions):
    """Memory of the edge for one session that waits, in KB."""
    edge = peer.gateway.pids()["edge"][0]
    with ThreadPoolExecutor(8) as pool:
        def open_some(n):
            return list(pool.map(lambda _: connect(peer.port, context), range(n)))
        waiting = open_some(100)
        before = usage.pss_bytes(edge)
        waiting += open_some(sessions)
        kb = (usage.pss_bytes(edge) - before) / sessions / KB
        for s in waiting:
            s.close()
    return kb


def arguments():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--connections", type=int, default=1000, help="of one round (1000)")
    p.add_argument("--parallel", type=int, default=4, help="at a time (4)")
    p.add_argument("--rounds", type=int, default=3, help="of each peer (3)")
    p.add_argument("--parked", type=int, default=2000, help="sessions that wait (2000)")
    return p.parse_args()


def main():
    args = arguments()
    resource.setrlimit(resource.RLIMIT_NOFILE, (args.parked + 1000,) * 2)
    kinds = {"clear text": None, "TLS 1.2": client_context(ssl.TLSVersion.TLSv1_2),
             "TLS 1.3": client_context(ssl.TLSVersion.TLSv1_3)}
    with tempfile.TemporaryDirectory(prefix="poterne-starttls-") as folder:
        os.chmod(folder, 0o755)
        pem, key = make_certificate(folder)
        with Postfix(folder, pem, key) as postfix, Poterne(folder, pem, key) as poterne:
            peers = {"Postfix": postfix, "Poterne": poterne}
            for kind, context in kinds.items():
                found = {name: [] for name in peers}
                for number in range(args.rounds + 1):
                    for name, peer in peers.items():
                        us = cpu_us(peer, context, args.connections if number else 50, args.parallel)
                        found[name] += [us] if number else []
                for name, us in found.items():
                    ratio = statistics.median(us) / statistics.median(found["Postfix"])
                    print(f"{kind:<10} {name:<8} {statistics.median(us):7.0f} us CPU per connection "
                          f"[{min(us):.0f}-{max(us):.0f}]  x{ratio:.2f}", flush=True)
        with Poterne(os.path.join(folder, "parked"), pem, key) as fresh:  # nothing freed before to take again
            print(f"TLS 1.3    Poterne  {parked_kb(fresh, kinds['TLS 1.3'], args.parked):7.1f} KB per parked session")


if __name__ == "__main__":
    main()

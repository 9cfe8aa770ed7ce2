#!/usr/bin/env python3
"""tests/bench/auth.py - what checking a sender costs, beside dkimpy with pyspf, OpenDKIM and Rspamd.

One message of 50 KB, signed by dkimpy with throwaway keys (RSA 2048, relaxed/relaxed), forwarded and
sealed once (ARC). Every answer of the DNS is at hand: ours asks a zone in memory, dkimpy and pyspf a
dict, OpenDKIM a callback; Rspamd has its own caches and a name server on loopback. CPU is user and
system time for one message. Rspamd's is the difference between all its checks of senders and one
trivial symbol, so that reading the message is not counted. Prints microseconds and ratios to ours.
"""
import base64
import ctypes
import http.client
import json
import os
import random
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time

try:
    import dkim
    import spf
except ImportError:  # another Python than Debian's comes first in the path
    if sys.executable == "/usr/bin/python3":
        sys.exit("auth: python3-dkim and python3-spf are not installed")
    os.execv("/usr/bin/python3", ["/usr/bin/python3", *sys.argv])

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
import relays  # noqa: E402
import scanned  # noqa: E402
import usage  # noqa: E402

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.environ.get("POTERNE_BUILD", os.path.join(TOP, "build", "release"))
DOMAIN, FORWARDER, CLIENT = "sender.example", "forwarder.example", "192.0.2.1"
WORDS = b"le patient est admis au service de cardiologie ce matin avec son dossier complet".split()
SIZE = 50_000


def rsa_key():
    pem = subprocess.check_output(["openssl", "genrsa", "-traditional", "2048"], stderr=subprocess.DEVNULL)
    der = subprocess.run(["openssl", "rsa", "-pubout", "-outform", "DER"], input=pem, check=True,
                         capture_output=True).stdout
    return pem, base64.b64encode(der).decode()


def make_message():
    """The message, and the zone of everybody that it names."""
    random.seed(1)
    (own, own_public), (sealer, sealer_public) = rsa_key(), rsa_key()
    zone = {
        f"s1._domainkey.{DOMAIN}": {"TXT": [f"v=DKIM1; k=rsa; p={own_public}"]},
        f"s1._domainkey.{FORWARDER}": {"TXT": [f"v=DKIM1; k=rsa; p={sealer_public}"]},
        DOMAIN: {"TXT": ["v=spf1 a mx include:_spf.sender.example -all"], "A": ["192.0.2.7"],
                 "MX": [[10, f"mx.{DOMAIN}"]]},
        f"mx.{DOMAIN}": {"A": ["192.0.2.8"]},
        f"_spf.{DOMAIN}": {"TXT": [f"v=spf1 ip4:198.51.100.0/24 ip4:{CLIENT} -all"]},
        f"_dmarc.{DOMAIN}": {"TXT": ["v=DMARC1; p=reject; rua=mailto:r@sender.example"]},
    }
    lines = []
    while sum(map(len, lines)) + 2 * len(lines) < SIZE:
        lines.append(b" ".join(random.choices(WORDS, k=12)))
    head = (f"From: Anne <anne@{DOMAIN}>\r\nTo: Paul <paul@receiver.example>\r\nSubject: Le dossier\r\n"
            f"Date: Mon, 1 Jun 2026 10:00:00 +0000\r\nMessage-ID: <1@{DOMAIN}>\r\nMIME-Version: 1.0\r\n"
            "Content-Type: text/plain; charset=utf-8\r\n\r\n").encode()
    message = head + b"\r\n".join(lines) + b"\r\n"
    message = dkim.sign(message, b"s1", DOMAIN.encode(), own, canonicalize=(b"relaxed", b"relaxed"),
                        linesep=b"\r\n") + message
    message = f"Authentication-Results: mx.{FORWARDER}; dkim=pass header.d={DOMAIN}; arc=none\r\n".encode() + message
    seals = dkim.arc_sign(message, b"s1", FORWARDER.encode(), sealer, f"mx.{FORWARDER}".encode(), linesep=b"\r\n")
    return b"".join(seals) + message, zone


def cpu(work, least=1.0):
    """Microseconds of CPU that one call takes."""
    work()
    n, start = 0, time.process_time()
    while time.process_time() - start < least:
        work()
        n += 1
    return (time.process_time() - start) / n * 1e6


def ours(folder, message, zone):
    subprocess.run(["ninja", "-C", BUILD, "src/auth_bench"], check=True, stdout=subprocess.DEVNULL)
    with open(os.path.join(folder, "zone.json"), "w", encoding="utf-8") as f:
        json.dump(zone, f)
    with open(os.path.join(folder, "message.eml"), "wb") as f:
        f.write(message)
    out = subprocess.run([os.path.join(BUILD, "src", "auth_bench"), os.path.join(folder, "zone.json"), f.name,
                          CLIENT, DOMAIN], stdout=subprocess.PIPE, text=True, check=True).stdout
    return json.loads(out)


def txt(zone, name):
    records = zone.get(name.rstrip(".").lower(), {}).get("TXT")
    return records[0].encode() if records else None


def dkimpy(message, zone):
    def lookup(name, timeout=5):
        return txt(zone, name.decode())

    def arc():
        return dkim.arc_verify(message, dnsfunc=lookup)[0]
    assert dkim.verify(message, dnsfunc=lookup) and arc() == b"pass", arc()
    return cpu(lambda: dkim.verify(message, dnsfunc=lookup)), cpu(arc)


def pyspf(zone):
    def lookup(name, kind, *_):
        records = zone.get(name.rstrip(".").lower(), {}).get(kind, [])
        if kind == "TXT":
            return [((name, kind), [r.encode()]) for r in records]
        return [((name, kind), tuple(r) if kind == "MX" else r) for r in records]
    spf.DNSLookup = lookup

    def check():
        return spf.check2(i=CLIENT, s=f"anne@{DOMAIN}", h=f"mail.{DOMAIN}")[0]
    assert check() == "pass", check()
    return cpu(check)


def opendkim(message, zone):
    """libopendkim as a milter uses it: field by field, then the body."""
    lib = ctypes.CDLL("libopendkim.so.11")
    callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_size_t)
    lib.dkim_init.restype = lib.dkim_verify.restype = ctypes.c_void_p
    record = txt(zone, f"s1._domainkey.{DOMAIN}")

    @callback
    def key(_dkim, _sig, buffer, size):
        ctypes.memmove(buffer, record + b"\0", min(size, len(record) + 1))
        return 0
    library = ctypes.c_void_p(lib.dkim_init(None, None))
    lib.dkim_set_key_lookup(library, key)
    head, _, body = message.partition(b"\r\n\r\n")
    fields = head.replace(b"\r\n ", b"\r\n\0").replace(b"\r\n\t", b"\r\n\1").split(b"\r\n")
    joined = []
    for line in fields:
        if line[:1] in (b"\0", b"\1"):
            joined[-1] += b"\r\n" + (b" " if line[:1] == b"\0" else b"\t") + line[1:]
        else:
            joined.append(line)
    status = ctypes.c_int()

    def verify():
        handle = ctypes.c_void_p(lib.dkim_verify(library, b"1", None, ctypes.byref(status)))
        for field in joined:
            lib.dkim_header(handle, field, ctypes.c_size_t(len(field)))
        lib.dkim_eoh(handle)
        lib.dkim_body(handle, body, ctypes.c_size_t(len(body)))
        result = lib.dkim_eom(handle, None)
        lib.dkim_free(handle)
        return result
    assert verify() == 0, verify()
    return cpu(verify)


class ZoneServer(threading.Thread):
    """A name server on loopback for a zone of A, MX and TXT records; the rest is NXDOMAIN."""
    KINDS = {1: "A", 15: "MX", 16: "TXT"}

    def __init__(self, zone):
        super().__init__(daemon=True)
        self.zone, self.socket = zone, socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]

    @staticmethod
    def rdata(kind, value):
        if kind == "A":
            return socket.inet_aton(value)
        if kind == "MX":
            labels = b"".join(bytes([len(label)]) + label.encode() for label in value[1].split("."))
            return struct.pack(">H", value[0]) + labels + b"\0"
        data = value.encode()
        return b"".join(bytes([len(data[i:i + 255])]) + data[i:i + 255] for i in range(0, len(data), 255))

    def answer(self, query):
        labels, at = [], 12
        while query[at]:
            labels.append(query[at + 1:at + 1 + query[at]].decode())
            at += 1 + query[at]
        kind = self.KINDS.get(struct.unpack(">H", query[at + 1:at + 3])[0])
        name = ".".join(labels).lower()
        records = [self.rdata(kind, v) for v in self.zone.get(name, {}).get(kind, [])]
        code = 0 if name in self.zone else 3
        head = query[:2] + struct.pack(">BBHHHH", 0x85, 0x80 | code, 1, len(records), 0, 0)
        return head + query[12:at + 5] + b"".join(
            b"\xc0\x0c" + query[at + 1:at + 5] + struct.pack(">IH", 3600, len(r)) + r for r in records)

    def run(self):
        while True:
            query, client = self.socket.recvfrom(4096)
            self.socket.sendto(self.answer(query), client)


class Rspamd(scanned.OfflineRspamd):
    def __init__(self, folder, port):
        super().__init__(folder)
        self.dns = port

    def helpers(self, stack):
        pids, local = super().helpers(stack)
        local["options.inc"] = local["options.inc"].replace(
            local["options.inc"].split('"')[1], f"127.0.0.1:{self.dns}")
        return pids, local


def ask_rspamd(server, message, settings, least=1.5):
    """Microseconds of its CPU for one message, and the symbols that it saw."""
    connection = http.client.HTTPConnection("127.0.0.1", server.normal, timeout=60)
    headers = {"IP": CLIENT, "Helo": f"mail.{DOMAIN}", "From": f"anne@{DOMAIN}", "Settings": json.dumps(settings)}

    def once():
        connection.request("POST", "/checkv2", message, headers)
        return json.loads(connection.getresponse().read())
    symbols = [once() for _ in range(20)][-1]["symbols"]
    n, start = 0, usage.cpu_seconds([server.process.pid])
    while (spent := usage.cpu_seconds([server.process.pid]) - start) < least:
        once()
        n += 1
    return spent / n * 1e6, set(symbols)


def rspamd(folder, message, zone):
    names = ZoneServer(zone)
    names.start()
    with Rspamd(folder, names.port) as server:
        base, _ = ask_rspamd(server, message, {"symbols_enabled": ["MISSING_SUBJECT"]})
        every, symbols = ask_rspamd(server, message, {"groups_enabled": ["policies"]})
    missing = {"R_SPF_ALLOW", "R_DKIM_ALLOW", "ARC_ALLOW", "DMARC_POLICY_ALLOW"} - symbols
    if missing:
        raise relays.CannotRun(f"it does not see {', '.join(sorted(missing))}: {sorted(symbols)}")
    return every - base


def row(who, what, microseconds, own):
    ratio = f"x{microseconds / own:.1f}" if own else ""
    print(f"{who:18} {what:28} {microseconds:10.0f} {ratio:>8}", flush=True)


def main():
    message, zone = make_message()
    with tempfile.TemporaryDirectory() as folder:
        own = ours(folder, message, zone)
        print(f"{'':18} {len(message)} bytes{'':17} {'CPU us':>10} {'to ours':>8}")
        for what, name in (("SPF", "SPF"), ("DKIM", "DKIM"), ("ARC", "ARC"), ("all", "SPF, DKIM, ARC, DMARC")):
            row("Poterne", name, own[what], None)
        verify, arc = dkimpy(message, zone)
        sender = pyspf(zone)
        row("dkimpy", "DKIM", verify, own["DKIM"])
        row("dkimpy", "ARC", arc, own["ARC"])
        row("pyspf", "SPF", sender, own["SPF"])
        row("dkimpy and pyspf", "SPF, DKIM, ARC", verify + arc + sender, own["all"])
        row("OpenDKIM", "DKIM", opendkim(message, zone), own["DKIM"])
        try:
            row("Rspamd", "SPF, DKIM, ARC, DMARC", rspamd(folder, message, zone), own["all"])
        except relays.CannotRun as e:
            print(f"Rspamd             left out: {e}")


if __name__ == "__main__":
    main()

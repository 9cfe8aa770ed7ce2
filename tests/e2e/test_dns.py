"""poterne-dns against a real name server (nsd), spoken to as the supervisor and as a client.

Plain functions named as sentences. BUILD names the build directory (default: build/release).
"""
import contextlib
import os
import re
import shutil
import socket
import struct
import subprocess
import tempfile
import threading
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.path.join(ROOT, os.environ.get("BUILD", "build/release"))
A, CNAME, PTR, MX, TXT, AAAA, TLSA = 1, 5, 12, 15, 16, 28, 52
OK, NODATA, NXDOMAIN, SERVFAIL, TIMEOUT, BOGUS = range(6)
SCAN = 4  # enum process

ZONE = """$ORIGIN poterne.test.
$TTL 60
@ IN SOA ns root 1 3600 600 86400 30
@ IN NS ns
ns IN A 127.0.0.1
host IN A 192.0.2.1
host IN A 192.0.2.2
host IN AAAA 2001:db8::1
www IN CNAME host
mail IN MX 20 two
mail IN MX 10 One
null IN MX 0 .
spf IN TXT "v=spf1 " "-all"
_25._tcp.host IN TLSA 3 1 1 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
""" + "".join('big IN TXT "%s"\n' % (str(n) + "x" * 200) for n in range(20))


def message_numbers():
    """The numbers of the messages, from the table itself."""
    table = open(os.path.join(ROOT, "src", "sys", "messages.def")).read()
    return {name: number + 1 for number, name in
            enumerate(re.findall(r"^\s*MESSAGE\((\w+), \w+, \w+, \w+\)", table, re.M))}


def text(value):
    return struct.pack("<I", len(value)) + value


class Dns:
    """The process poterne-dns, its supervisor and one lane to it."""

    def __init__(self, settings):
        self.numbers = message_numbers()
        self.control, child = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.process = subprocess.Popen(
            [os.path.join(BUILD, "src", "poterne-dns")], pass_fds=[3],
            preexec_fn=lambda: os.dup2(child.fileno(), 3),
            env=dict(os.environ, ASAN_OPTIONS="detect_leaks=0"))  # the sandbox forbids ptrace
        child.close()
        config = "".join("%s=%s\n" % setting for setting in settings.items()).encode()
        self.lane, end = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.tell("config", text(config))
        self.tell("lanes", struct.pack("<QQQ", SCAN, 1, 0), [end.fileno()])
        self.tell("start", struct.pack("<Q", 1))
        end.close()
        self.control.settimeout(20)
        answer = self.control.recv(1000)
        assert struct.unpack_from("<I", answer)[0] == self.numbers["ready"], answer

    def tell(self, name, fields, fds=()):
        socket.send_fds(self.control, [struct.pack("<I", self.numbers[name]) + fields], list(fds))

    def ask(self, questions, timeout_ms=5000):
        """[(name, type)] to [(status, secure, canonical, [(pref, value)])]"""
        batch = struct.pack("<H", len(questions))
        for name, kind in questions:
            batch += struct.pack("<HH", kind, len(name)) + name.encode()
        self.lane.settimeout(timeout_ms / 1000 + 5)
        self.lane.send(struct.pack("<IQ", self.numbers["dns_ask"], timeout_ms) + text(batch))
        reply = self.lane.recv(1 << 17)
        number, length = struct.unpack_from("<II", reply)
        assert number == self.numbers["dns_told"] and length == len(reply) - 8
        return decode_answers(reply[8:])

    def stop(self):
        self.control.close()
        self.lane.close()
        assert self.process.wait(10) == 0


def decode_answers(data):
    count, at, answers = struct.unpack_from("<H", data)[0], 2, []
    for _ in range(count):
        status, secure, _ttl, n = struct.unpack_from("<BBIH", data, at)
        canonical, at = data[at + 8:at + 8 + n].decode(), at + 8 + n
        records, at = struct.unpack_from("<H", data, at)[0], at + 2
        values = []
        for _ in range(records):
            pref, n = struct.unpack_from("<HH", data, at)
            values.append((pref, data[at + 4:at + 4 + n]))
            at += 4 + n
        answers.append((status, bool(secure), canonical, values))
    assert at == len(data)
    return answers


def free_port():
    """One that is free for UDP and for TCP."""
    while True:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp, socket.socket() as tcp:
            udp.bind(("127.0.0.1", 0))
            with contextlib.suppress(OSError):
                tcp.bind(udp.getsockname())
                return udp.getsockname()[1]


@contextlib.contextmanager
def name_server():
    """nsd with the zone above; gives its address and a function that stops it."""
    folder, port = tempfile.mkdtemp(), free_port()
    with open(os.path.join(folder, "zone"), "w") as f:
        f.write(ZONE)
    with open(os.path.join(folder, "nsd.conf"), "w") as f:
        f.write('server:\n ip-address: 127.0.0.1@%d\n username: ""\n chroot: ""\n database: ""\n'
                ' server-count: 1\n zonesdir: "%s"\n pidfile: "%s/pid"\n xfrdfile: "%s/xfrd"\n'
                ' zonelistfile: "%s/list"\n logfile: "%s/log"\nremote-control:\n control-enable: no\n'
                'zone:\n name: poterne.test\n zonefile: zone\n' % ((port,) + (folder,) * 5))
    path = "/usr/sbin:" + os.environ["PATH"]
    process = subprocess.Popen([shutil.which("nsd", path=path), "-d", "-c",
                                os.path.join(folder, "nsd.conf")])
    try:
        wait_for_tcp(port)
        yield "127.0.0.1@%d" % port, lambda: (process.terminate(), process.wait())
    finally:
        process.terminate()
        process.wait()
        shutil.rmtree(folder)


def wait_for_tcp(port):
    for _ in range(400):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    raise AssertionError("nsd does not listen")


@contextlib.contextmanager
def silent_server():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.bind(("127.0.0.1", 0))
        yield "127.0.0.1@%d" % s.getsockname()[1]


@contextlib.contextmanager
def poterne_dns(**settings):
    dns = Dns({"dns." + key: value for key, value in settings.items()})
    try:
        yield dns
    finally:
        dns.stop()


def check_answers(dns):
    questions = [("host.poterne.test", A), ("WWW.poterne.test.", AAAA), ("mail.poterne.test", MX),
                 ("null.poterne.test", MX), ("spf.poterne.test", TXT), ("host.poterne.test", TXT),
                 ("absent.poterne.test", A), ("_25._tcp.host.poterne.test", TLSA)]
    host, www, mail, null, spf, nodata, absent, tlsa = dns.ask(questions)
    assert host[0] == OK and sorted(v for _, v in host[3]) == [b"\xc0\0\2\1", b"\xc0\0\2\2"]
    assert www[0] == OK and www[2] == "host.poterne.test" and len(www[3][0][1]) == 16
    assert sorted(mail[3]) == [(10, b"one.poterne.test"), (20, b"two.poterne.test")]
    assert null[3] == [(0, b"")]
    assert spf[3] == [(0, b"v=spf1 -all")]
    assert nodata[0] == NODATA and nodata[3] == []
    assert absent[0] == NXDOMAIN
    assert tlsa[3][0][1][:3] == b"\3\1\1" and len(tlsa[3][0][1]) == 35


def test_libunbound_answers_from_a_real_name_server():
    with name_server() as (at, _), poterne_dns(servers=at, validate="false") as dns:
        check_answers(dns)


def test_the_stub_answers_from_a_real_name_server():
    with name_server() as (at, _), poterne_dns(servers=at, trust_ad="true") as dns:
        check_answers(dns)


def test_an_answer_too_large_for_udp_is_asked_again_over_tcp():
    with name_server() as (at, _):
        for settings in ({"validate": "false"}, {"trust_ad": "true"}):
            with poterne_dns(servers=at, **settings) as dns:
                (big,) = dns.ask([("big.poterne.test", TXT)])
                assert big[0] == OK and len(big[3]) == 20, big[0]


def test_a_server_that_drops_signatures_still_answers_a_validating_resolver():
    with name_server() as (at, _), poterne_dns(servers=at, validate="true") as dns:
        (host,) = dns.ask([("host.poterne.test", A)])
        assert host[0] == OK and host[1] is False


def test_known_answers_outlive_the_name_server_and_others_fail_for_now():
    with name_server() as (at, stop), poterne_dns(servers=at, trust_ad="true") as dns:
        before = dns.ask([("host.poterne.test", A), ("absent.poterne.test", A)])
        stop()
        after = dns.ask([("Host.poterne.test", A), ("absent.poterne.test", A),
                         ("new.poterne.test", A)], timeout_ms=1000)
        assert after[:2] == before
        assert after[2][0] in (SERVFAIL, TIMEOUT)


def test_a_silent_name_server_is_a_timeout_at_the_deadline():
    with silent_server() as at:
        for settings in ({"validate": "false"}, {"trust_ad": "true"}):
            with poterne_dns(servers=at, **settings) as dns:
                began = time.monotonic()
                (answer,) = dns.ask([("host.poterne.test", A)], timeout_ms=700)
                assert answer[0] == TIMEOUT
                assert 0.6 < time.monotonic() - began < 3


def test_the_dns_file_answers_alone():
    zone = os.path.join(ROOT, "tests", "zones", "sample.json")
    with poterne_dns(file=zone) as dns:
        partner, servfail, timeout, absent = dns.ask(
            [("partner.example", MX), ("servfail.example", TXT), ("timeout.example", TXT),
             ("www.debian.org", A)])
        assert partner[3] == [(10, b"mail.partner.example")]
        assert [servfail[0], timeout[0], absent[0]] == [SERVFAIL, TIMEOUT, NXDOMAIN]


def test_the_resolver_process_is_sandboxed_while_it_answers():
    with name_server() as (at, _), poterne_dns(servers=at, validate="false") as dns:
        dns.ask([("host.poterne.test", A)])
        status = open("/proc/%d/status" % dns.process.pid).read()
        assert re.search(r"^Seccomp:\s+2$", status, re.M)
        assert re.search(r"^NoNewPrivs:\s+1$", status, re.M)
        assert re.search(r"^CapEff:\s+0+$", status, re.M)


def test_nonsense_from_a_client_closes_its_lane_and_nothing_else():
    zone = os.path.join(ROOT, "tests", "zones", "sample.json")
    with poterne_dns(file=zone) as dns:
        other, end = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        dns.tell("lanes", struct.pack("<QQQ", SCAN, 1, 0), [end.fileno()])
        end.close()
        other.send(struct.pack("<IQ", dns.numbers["dns_ask"], 1000) + text(b"\xff\xffnonsense"))
        other.settimeout(10)
        assert other.recv(100) == b""
        assert dns.ask([("partner.example", A)])[0][0] == OK


def test_many_lanes_are_served_at_once():
    with name_server() as (at, _), poterne_dns(servers=at, validate="false") as dns:
        lanes = [dns.lane]
        for _ in range(7):
            mine, end = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            dns.tell("lanes", struct.pack("<QQQ", SCAN, 1, 0), [end.fileno()])
            end.close()
            lanes.append(mine)
        good = []

        def work(lane, number):
            client = Dns.__new__(Dns)
            client.numbers, client.lane = dns.numbers, lane
            for i in range(50):
                names = [("n%d-%d.poterne.test" % (number, i), A), ("host.poterne.test", A)]
                good.append([answer[0] for answer in client.ask(names)] == [NXDOMAIN, OK])

        threads = [threading.Thread(target=work, args=(lane, n)) for n, lane in enumerate(lanes)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(good) == 400 and all(good)

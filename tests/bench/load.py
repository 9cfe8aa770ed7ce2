#!/usr/bin/env python3
"""tests/bench/load.py PORT SECONDS SESSIONS SIZE SEED - sends messages to 127.0.0.1:PORT.

One connection a message, as strangers do; MAIL, RCPT and DATA go in one write (PIPELINING)
and the body with its final dot in another; TCP_NODELAY. SESSIONS connections at any moment;
after SECONDS no new one begins. SIZE is in bytes, or "mix". Prints one JSON line.

--messages N: N messages instead of SECONDS. --each M: M messages on each connection.
--to ADDRESS: their envelope recipient.
"""
import argparse
import json
import select
import socket
import sys
import time

from bodies import DOMAIN, MARK, RECIPIENT, SENDER, templates

GIVE_UP_S = 60  # for the sessions still open at the end
MAX_ERRORS = 200
GREETING, EHLO, MAIL, RCPT, DATA, BODY, QUIT = range(7)
EXPECTED = {GREETING: b"220", EHLO: b"250", MAIL: b"250", RCPT: b"250", DATA: b"354"}


class Load:
    def __init__(self, args):
        self.port, self.seed, self.each, self.to = args.port, args.seed, args.each, args.to
        self.left = args.messages
        self.templates = [t.split(MARK) for t in templates(args.size)]
        self.poll = select.epoll()
        self.sessions = {}
        self.number = self.accepted = self.refused = self.errors = self.bytes = 0
        self.latencies, self.last_error = [], ""

    def body(self, number):
        mark = b"%06X%010X" % (self.seed & 0xffffff, number)
        return mark.join(self.templates[number % len(self.templates)])

    def next_body(self):
        self.number += 1
        return self.body(self.number - 1)

    def begin(self):
        s = Session(self, min(self.each, self.left))
        self.left -= s.left
        self.sessions[s.socket.fileno()] = s
        self.poll.register(s.socket, select.EPOLLIN)

    def end(self, session, error=""):
        if error:
            self.errors += 1
            self.last_error = error
        self.poll.unregister(session.socket)
        del self.sessions[session.socket.fileno()]
        session.socket.close()

    def answered(self, code, reply, latency):
        self.latencies.append(latency)
        if code == b"250":
            self.accepted += 1
        else:
            self.refused += 1
            self.last_error = reply.decode(errors="replace").strip()

    def run(self, seconds, sessions):
        first = time.monotonic()
        stop = first + seconds
        while self.errors < MAX_ERRORS:
            now = time.monotonic()
            while now < stop and self.left and len(self.sessions) < sessions:
                self.begin()
            if not self.sessions or now > stop + GIVE_UP_S:
                break
            for fd, events in self.poll.poll(1):
                session = self.sessions[fd]
                try:
                    if events & select.EPOLLOUT:
                        session.flush()
                    if events & ~select.EPOLLOUT:
                        session.read()
                except (OSError, ValueError) as e:
                    self.end(session, f"{type(e).__name__}: {e}")
        return first, time.monotonic()


class Session:
    def __init__(self, load, messages):
        self.load, self.left, self.step = load, messages, GREETING
        self.input, self.output = b"", memoryview(b"")
        self.socket = socket.create_connection(("127.0.0.1", load.port), 20)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.setblocking(False)

    def send(self, data):
        self.output = memoryview(data)
        self.flush()

    def flush(self):
        try:
            while self.output:
                self.output = self.output[self.socket.send(self.output):]
        except BlockingIOError:
            pass
        more = select.EPOLLOUT if self.output else 0
        self.load.poll.modify(self.socket, select.EPOLLIN | more)

    def read(self):
        data = self.socket.recv(16384)
        if not data:
            raise ValueError("the server closed the connection")
        self.input += data
        while b"\n" in self.input and self.socket.fileno() >= 0:
            line, self.input = self.input.split(b"\n", 1)
            if line[3:4] != b"-":
                self.take(line[:3], line)

    def transaction(self):
        self.send(f"MAIL FROM:<{SENDER}@{DOMAIN}>\r\nRCPT TO:<{self.load.to}>\r\nDATA\r\n".encode())

    def take(self, code, line):
        if self.step in EXPECTED and code != EXPECTED[self.step]:
            raise ValueError(line.decode(errors="replace").strip())
        self.step += 1
        if self.step == EHLO:
            self.send(f"EHLO mail.{DOMAIN}\r\n".encode())
        elif self.step == MAIL:
            self.transaction()
        elif self.step == BODY:
            body = self.load.next_body()
            self.load.bytes += len(body)
            self.began = time.monotonic()
            self.send(body)
        elif self.step == QUIT:
            self.load.answered(code, line, time.monotonic() - self.began)
            self.left -= 1
            if self.left:
                self.step = MAIL
                self.transaction()
            else:
                self.send(b"QUIT\r\n")
        elif self.step > QUIT:
            self.load.end(self)


def arguments():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("port", type=int)
    p.add_argument("seconds", type=float)
    p.add_argument("sessions", type=int)
    p.add_argument("size", type=lambda text: text if text == "mix" else int(text))
    p.add_argument("seed", type=int)
    p.add_argument("--messages", type=int, default=sys.maxsize)
    p.add_argument("--each", type=int, default=1)
    p.add_argument("--to", default=RECIPIENT)
    return p.parse_args()


def main():
    args = arguments()
    load = Load(args)
    first, last = load.run(args.seconds, args.sessions)
    load.latencies.sort()

    def quantile(q):
        return round(1000 * load.latencies[int(len(load.latencies) * q)], 2) if load.latencies else None
    print(json.dumps({"first": first, "last": last, "accepted": load.accepted, "refused": load.refused,
                      "errors": load.errors, "last_error": load.last_error, "bytes": load.bytes,
                      "p50_ms": quantile(0.5), "p99_ms": quantile(0.99)}))


if __name__ == "__main__":
    main()

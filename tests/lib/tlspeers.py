"""Peers for deliveries over TLS: an authority of our own, a small SMTP server with STARTTLS,
the web server of an MTA-STS policy, and a zone file that names them."""
import hashlib
import http.server
import json
import os
import shutil
import socketserver
import ssl
import subprocess
import tempfile
import threading

from gateway import ZONES
from peers import program


def openssl(*arguments):
    r = subprocess.run([program("openssl"), *arguments], capture_output=True, text=True)
    if r.returncode:
        raise AssertionError(f"openssl {' '.join(arguments)}: {r.stderr}")
    return r.stdout


class Authority:
    """Certificates of an authority of our own, in files that every user may read."""

    def __init__(self):
        self.dir = tempfile.mkdtemp(prefix="poterne-ca-")
        os.chmod(self.dir, 0o755)
        self.pem, self.key = os.path.join(self.dir, "ca.pem"), os.path.join(self.dir, "ca.key")
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30",
                "-subj", "/CN=Test authority", "-keyout", self.key, "-out", self.pem)

    def certificate(self, *names, days=30):
        """(chain, key) for these names: files."""
        base = os.path.join(self.dir, names[0])
        openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", f"/CN={names[0]}",
                "-addext", "subjectAltName=" + ",".join(f"DNS:{n}" for n in names), "-keyout", f"{base}.key",
                "-out", f"{base}.csr")
        openssl("x509", "-req", "-in", f"{base}.csr", "-CA", self.pem, "-CAkey", self.key, "-CAcreateserial",
                "-copy_extensions", "copy", "-days", str(days), "-out", f"{base}.pem")
        with open(f"{base}.chain", "w", encoding="ascii") as f:
            f.write(open(f"{base}.pem", encoding="ascii").read() + open(self.pem, encoding="ascii").read())
        os.chmod(f"{base}.key", 0o644)
        return f"{base}.chain", f"{base}.key"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.dir, ignore_errors=True)


def tlsa(certificate, usage=3, selector=1):
    """A TLSA record with SHA-256 of the (first) certificate in a file, or of its key."""
    der = subprocess.run([program("openssl"), "x509", "-in", certificate, "-outform", "DER"], capture_output=True,
                         check=True).stdout
    if selector == 1:
        key = openssl("x509", "-in", certificate, "-noout", "-pubkey")
        der = subprocess.run([program("openssl"), "pkey", "-pubin", "-outform", "DER"], input=key.encode(),
                             capture_output=True, check=True).stdout
    return f"{usage} {selector} 1 {hashlib.sha256(der).hexdigest()}"


def zone_file(directory, **names):
    """A DNS file with the sample zone and these names ("__" stands for a dot); its path."""
    with open(ZONES, encoding="utf-8") as f:
        zone = json.load(f)
    zone.update(names)
    path = os.path.join(directory, "zone.json")
    with open(path, "w", encoding="utf-8") as f:
        json.dump(zone, f)
    return path


class SmtpServer:
    """Answers 250 to everything; says what it was told."""

    def __init__(self, certificate=None, extensions=("PIPELINING",), address="127.0.0.1", port=0, greeting="220 test"):
        self.lines, self.connections, self.tls = [], 0, []
        self.extensions, self.greeting = extensions, greeting
        self.context = None
        if certificate:
            self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.context.load_cert_chain(*certificate)
        peer = self

        class Handler(socketserver.BaseRequestHandler):
            def handle(self):
                peer.connections += 1
                try:
                    peer.serve(self.request)
                except (OSError, ssl.SSLError):
                    pass

        class Server(socketserver.ThreadingTCPServer):
            allow_reuse_address = True
            daemon_threads = True

        self.server = Server((address, port), Handler)
        self.port = self.server.server_address[1]

    def serve(self, s):
        s.sendall(self.greeting.encode() + b"\r\n")
        lines, data, secure = s.makefile("rb"), False, False
        while True:
            line = lines.readline()
            if not line:
                return
            line = line.rstrip(b"\r\n")
            self.lines.append(line.decode(errors="replace"))
            verb = line[:4].upper()
            if data:
                data = line != b"."
                if not data:
                    s.sendall(b"250 2.0.0 taken\r\n")
            elif verb == b"EHLO":
                words = list(self.extensions) + (["STARTTLS"] if self.context and not secure else [])
                s.sendall(b"250-test\r\n" + "".join(f"250-{w}\r\n" for w in words).encode() + b"250 HELP\r\n")
            elif verb == b"STAR":
                s.sendall(b"220 go\r\n")
                s = self.context.wrap_socket(s, server_side=True)
                secure = True
                self.tls.append(s.version())
                lines = s.makefile("rb")
            elif verb == b"DATA":
                s.sendall(b"354 go\r\n")
                data = True
            elif verb == b"QUIT":
                s.sendall(b"221 bye\r\n")
                return
            else:
                s.sendall(b"250 ok\r\n")

    def recipients(self):
        return [line for line in self.lines if line.startswith("RCPT")]

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()


class PolicyServer:
    """https://mta-sts.DOMAIN/.well-known/mta-sts.txt"""

    def __init__(self, certificate, policy):
        self.asked = []
        peer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                peer.asked.append((self.headers["Host"], self.path))
                body = policy.encode()
                self.send_response(200)
                self.send_header("Content-Type", "text/plain")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*certificate)
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True, do_handshake_on_connect=False)
        self.port = self.server.server_address[1]

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

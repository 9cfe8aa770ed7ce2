"""A web server that says what a test wants, by HTTPS under an authority of our own or by HTTP, and
remembers what it was asked."""
import http.server
import select
import socket
import socketserver
import ssl
import threading


class Page:
    def __init__(self, status=200, body=b"", **fields):
        self.status, self.body = status, body
        self.fields = {name.replace("_", "-"): value for name, value in fields.items()}


class WebServer:
    """pages: path (with its query, or without) -> Page, or a function of the request that makes one."""

    def __init__(self, chain=None, key=None, address="127.0.0.1"):
        self.pages, self.asked, self.connections = {}, [], 0
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def answer(self):
                outer.asked.append((self.command, self.path, dict(self.headers)))
                page = outer.pages.get(self.path) or outer.pages.get(self.path.split("?")[0]) or Page(404)
                page = page(self) if callable(page) else page
                self.send_response(page.status)
                for name, value in page.fields.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(page.body)))
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(page.body)

            do_GET = do_HEAD = answer

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True

            def process_request(self, request, client):
                outer.connections += 1
                super().process_request(request, client)

            def handle_error(self, *_):
                pass  # whoever does not like our certificate

        self.server = Server((address, 0), Handler)
        self.port = self.server.server_address[1]
        if chain:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(chain, key)
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True, do_handshake_on_connect=False)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()


class Proxy:
    """An HTTP proxy that tunnels every address to one server of ours, and remembers the addresses."""

    def __init__(self, server):
        self.targets = []
        outer = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self):
                first = self.rfile.readline().decode()
                while self.rfile.readline().strip():
                    pass
                outer.targets.append(first.split()[1])
                assert first.startswith("CONNECT "), first
                with socket.create_connection(("127.0.0.1", server.port)) as up:
                    self.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n")
                    self.pump(up)

            def pump(self, up):
                ends = {self.connection: up, up: self.connection}
                while ends:
                    for one in select.select(list(ends), [], [], 10)[0] or [None]:
                        data = one.recv(65536) if one else b""
                        if not data:
                            return
                        ends[one].sendall(data)

        class Server(socketserver.ThreadingTCPServer):
            daemon_threads = True
            allow_reuse_address = True

            def handle_error(self, *_):
                pass

        self.server = Server(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

"""Metrics: what is shown agrees with what was done, on both sockets, over the end of a process;
and the listener gives nothing else."""
import http.client
import json
import os
import signal
import socket
import ssl
import tempfile

from gateway import Gateway, free_port, wait_until
from samples import PARTNER, samples, text

CLEAN = text(PARTNER, "Bonjour", "Bonjour,\n\nTout va bien.\n", 1)
SAMPLE = {s.name: s for s in samples()}


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("localhost", timeout=10)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(10)
        self.sock.connect(self.path)


def get(connection, path="/metrics", method="GET", **options):
    connection.request(method, path, **options)
    answer = connection.getresponse()
    body = answer.read().decode()
    connection.close()
    return answer, body


def numbers(body):
    return {line.rsplit(" ", 1)[0]: float(line.rsplit(" ", 1)[1]) for line in body.splitlines() if line[:1] != "#"}


def scrape(g):
    answer, body = get(UnixConnection(os.path.join(g.state, "web.sock")))
    assert answer.status == 200 and answer.getheader("Content-Type").startswith("text/plain; version=0.0.4"), answer.headers
    return numbers(body)


def reached(g, **wanted):
    """Waits until the metrics named poterne_KEY, with __ before a label's value, are as wanted."""
    def there():
        found = scrape(g)
        return found if all(sum(v for k, v in found.items() if k.startswith(f"poterne_{name}")) == value
                            for name, value in wanted.items()) else None
    return wait_until(there, 20, f"{wanted}")


def test_the_numbers_agree_with_what_was_done():
    port = free_port()
    with Gateway(listen__web=f"127.0.0.1:{port}") as g:
        before = scrape(g)
        assert before['poterne_edge_messages_total{reply="2xx"}'] == 0 and before["poterne_edge_sessions"] == 0, before
        for _ in range(3):
            assert g.send(CLEAN)[0] == 250
        assert g.send(CLEAN, recipient="a@elsewhere.example")[0] == 550
        virus = SAMPLE["eicar"].data
        code = g.send(virus)[0]
        with g.smtp() as s:
            s.ehlo()
            context = ssl.create_default_context()
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
            s.starttls(context=context)
            s.ehlo()
            found = scrape(g)
            assert found["poterne_edge_sessions"] == 1, found["poterne_edge_sessions"]
        wait_until(lambda: len(g.maildir()) == 3, 20, "delivery")
        found = reached(g, edge_sessions=0, edge_parked=0, edge_threads_busy=0, relay_recipients_total=3)
        assert found['poterne_edge_connections_total{result="accepted"}'] == 6, found
        assert found['poterne_edge_messages_total{reply="2xx"}'] == 3 + (code == 250), found
        assert found['poterne_edge_message_bytes_total'] >= 3 * len(CLEAN), found
        assert found['poterne_edge_recipients_total{result="accepted"}'] == 4, found
        assert found['poterne_edge_recipients_total{result="refused"}'] == 1, found
        assert found['poterne_edge_tls_handshakes_total{result="TLSv1.3"}'] == 1, found
        assert found["poterne_edge_tls_handshake_seconds_count"] == 1, found
        assert found["poterne_edge_reply_seconds_count"] == 4, found
        assert found['poterne_scan_messages_total{action="accept"}'] == 3, found
        assert sum(v for k, v in found.items() if k.startswith("poterne_scan_messages_total")) == 4, found
        for name in ("message_size_bytes", "inspect_seconds", "evidence_seconds", "judge_seconds"):
            assert found[f"poterne_scan_{name}_count"] == 4, (name, found)
        assert found["poterne_scan_message_size_bytes_sum"] == 3 * len(CLEAN) + len(virus), found
        assert found['poterne_relay_recipients_total{result="delivered"}'] == 3, found
        handed = found['poterne_scan_handovers_total{result="delivered"}']
        kept = found['poterne_store_commits_total{result="done"}'] - found["poterne_store_quarantined_total"]
        assert handed + kept == 3, found
        assert found["poterne_dns_questions_total"] > 0 and found["poterne_store_history_rows_total"] >= 4, found
        answer, body = get(http.client.HTTPConnection("127.0.0.1", port, timeout=10))
        assert answer.status == 200
        same = numbers(body)
        assert all(same[k] == v for k, v in found.items() if "web_requests" not in k), (found, same)
        begun = found["poterne_supervisor_start_time_seconds"]
        assert abs(begun - os.stat(os.path.join(g.state, "poterned.pid")).st_mtime) < 5, begun


def test_counters_survive_the_end_of_a_process_and_levels_do_not():
    with Gateway() as g:
        assert g.send(CLEAN)[0] == 250
        stays = g.smtp()
        stays.ehlo()
        found = reached(g, edge_sessions=1)
        old = g.pids()["edge"][0]
        os.kill(old, signal.SIGKILL)
        wait_until(lambda: g.pids().get("edge", [old]) != [old], 20, "a new edge")
        wait_until(lambda: answers(g), 20, "acceptance")
        again = reached(g, edge_sessions=0)
        for name in ('messages_total{reply="2xx"}', "reply_seconds_count", 'recipients_total{result="accepted"}'):
            assert again[f"poterne_edge_{name}"] == found[f"poterne_edge_{name}"] == 1, (name, again)
        assert again['poterne_supervisor_process_ends_total{which="edge"}'] == 1
        assert g.send(CLEAN)[0] == 250
        os.kill(g.pids()["web"][0], signal.SIGKILL)
        wait_until(lambda: g.events("process.died") and g.pids().get("web"), 20, "a new web")
        assert reached(g, **{'edge_messages_total{reply="2xx"}': 2})
        stays.close()


def answers(g):
    try:
        g.smtp().close()
        return True
    except OSError:
        return False


def test_processes_of_a_kind_are_added_up():
    with Gateway(edge__processes=3) as g:
        for _ in range(6):
            assert g.send(CLEAN)[0] == 250
        reached(g, **{'edge_messages_total{reply="2xx"}': 6, "edge_sessions": 0})


def test_the_listener_gives_nothing_but_its_two_pages():
    port = free_port()
    with Gateway(listen__web=f"127.0.0.1:{port}") as g:
        def ask(*arguments, **options):
            return get(http.client.HTTPConnection("127.0.0.1", port, timeout=10), *arguments, **options)

        for path in ("/", "/metrics/", "/../metrics", "/healthz%00", "/poterned.pid"):
            answer, body = ask(path)
            assert answer.status == 404 and path not in body.replace("/metrics and /healthz are here", ""), (path, body)
        assert ask("/healthz")[1] == "ok\n"
        answer, body = ask("/metrics", "HEAD")
        assert answer.status == 200 and body == "" and int(answer.getheader("Content-Length")) > 1000
        for method in ("POST", "PUT", "DELETE", "OPTIONS", "TRACE", "BREW"):
            answer, _ = ask("/metrics", method)
            assert answer.status == 405 and answer.getheader("Allow") == "GET, HEAD", (method, answer.status)
            assert not answer.getheader("Server"), answer.headers
        with socket.create_connection(("127.0.0.1", port), timeout=10) as s:
            try:
                s.sendall(b"GET /metrics HTTP/1.1\r\nX: " + b"x" * 100000)
            except OSError:
                pass  # it was closed before all of that was said
            answer = b""
            while chunk := receive(s):
                answer += chunk
            assert b" 200 " not in answer, answer[:100]
        assert ask("/healthz")[0].status == 200


def receive(s):
    try:
        return s.recv(65536)
    except ConnectionResetError:
        return b""


def test_more_connections_than_allowed_leave_the_others_served():
    port = free_port()
    with Gateway(listen__web=f"127.0.0.1:{port}") as g:
        idle = [socket.create_connection(("127.0.0.1", port), timeout=10) for _ in range(60)]
        assert scrape(g)["poterne_edge_sessions"] == 0
        for s in idle:
            s.close()
        wait_until(lambda: get(http.client.HTTPConnection("127.0.0.1", port, timeout=10), "/healthz")[0].status == 200,
                   20, "service again")


def test_the_command_shows_the_same_three_ways():
    with Gateway() as g:
        assert g.send(CLEAN)[0] == 250
        reached(g, edge_sessions=0)
        where = ["--set", f"paths.state={g.state}"]
        found = numbers(g.cli("metrics", "--prometheus", *where, check=0).stdout)
        same = scrape(g)
        assert {k: v for k, v in found.items() if "web_" not in k} == {k: v for k, v in same.items() if "web_" not in k}
        rows = {row["metric"]: row for row in map(json.loads, g.cli("metrics", "--json", *where, check=0).stdout.splitlines())}
        assert rows["poterne_edge_messages_total"] == {"metric": "poterne_edge_messages_total", "process": "edge",
                                                       "reply": {"2xx": 1, "4xx": 0, "5xx": 0}}, rows
        reply = rows["poterne_edge_reply_seconds"]
        assert reply["count"] == 1 and 0 < reply["p50"] <= reply["p90"] <= reply["p99"] < 60, reply
        assert rows["poterne_edge_sessions"]["value"] == 0
        table = g.cli("metrics", *where, check=0).stdout
        assert "edge_messages 2xx" in table and "p99" in table and table.startswith("supervisor\n"), table
        g.cli("metrics", "--json", "--prometheus", *where, check=2)
        assert "usage: poterne metrics" in g.cli("metrics", "--help", check=0).stdout
    assert "is the gateway running" in g.cli("metrics", *where, check=3).stderr


def test_a_public_address_for_metrics_is_warned_about():
    with Gateway(listen__web="127.0.0.1:1") as g:
        r = g.cli("check-config", "--set", "listen.web=192.0.2.1:9100,10.0.0.1:9100", "--set", f"paths.state={g.state}",
                  "--set", f"paths.rules={g.sets['paths.rules']}", "--set", f"paths.lists={g.sets['paths.lists']}")
        assert "neither loopback nor private" in r.stdout + r.stderr, r
        assert not [e for e in g.events("gateway.warning") if "listen.web" in e["what"]]


def test_what_goes_wrong_is_counted():
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "poterne.yaml")
        write(path, "smtp:\n  max_connections_per_client: 2\n")
        with Gateway(config=path) as g:
            first, second = g.smtp(), g.smtp()
            with socket.create_connection(("127.0.0.1", g.port), timeout=10) as third:
                assert third.recv(100).startswith(b"421")
            second.close()
            first.ehlo()
            first.docmd("STARTTLS")
            first.sock.sendall(b"this is no client hello\r\n")
            wait_until(lambda: not receive(first.sock), 10, "the end of the connection")
            first.close()
            write(path, "smtp:\n  no_such_key: 2\n")
            g.signal(signal.SIGHUP)
            g.wait_event("reload.refused")
            write(path, "lang: fr\n")
            g.signal(signal.SIGHUP)
            g.wait_event("reload.done")
            os.kill(g.pids()["inspect"][0], signal.SIGKILL)
            g.wait_event("process.died", which="inspect")
            reached(g, **{'edge_connections_total{result="client_full"}': 1, "edge_sessions": 0,
                          'edge_tls_handshakes_total{result="failed"}': 1, "edge_tls_handshake_seconds_count": 0,
                          'supervisor_reloads_total{result="failed"}': 1, 'supervisor_reloads_total{result="done"}': 1,
                          'supervisor_process_ends_total{which="inspect"}': 1})


def write(path, content):
    with open(path, "w", encoding="utf-8") as f:
        f.write(content)


def kinds_of(g):
    """Processes that count in a block of their own."""
    return sum(len(pids) for name, pids in g.pids().items() if name not in ("inspect", "image"))


def test_a_process_can_write_its_own_block_only_and_a_worker_none():
    with Gateway(edge__processes=2) as g:
        kinds = 0
        for name, pids in g.pids().items():
            for pid in pids:
                with open(f"/proc/{pid}/maps", encoding="utf-8") as f:
                    blocks = [line.split() for line in f if "memfd:metrics" in line]
                writable = [b[4] for b in blocks if b[1] == "rw-s"]
                assert len(writable) == (name not in ("inspect", "image")), (name, blocks)
                readable = [b for b in blocks if b[1] == "r--s"]
                # All the others, its own once more, and the supervisor's.
                assert len(readable) == (kinds_of(g) + 1 if name == "web" else 0), (name, blocks)
                kinds += len(writable)
                for n in os.listdir(f"/proc/{pid}/fd"):
                    assert "memfd:metrics" not in os.readlink(f"/proc/{pid}/fd/{n}"), name
        assert kinds == kinds_of(g), kinds

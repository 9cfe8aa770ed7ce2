"""Feeds: fetched over HTTPS, made into lists, kept when they turn to nonsense, never from inside."""
import gzip
import json
import os
import subprocess
import tempfile

from gateway import Gateway, TOP, wait_until
from samples import PARTNER, text
from tlspeers import Authority, zone_file
from webpeers import Page, WebServer


class Site:
    """poterne lists with feeds of its own, and no gateway."""

    def __init__(self, folder, authority, rows, **sets):
        os.chmod(folder, 0o755)
        self.folder = folder
        dns = zone_file(folder, **{"feed.example": {"A": ["127.0.0.1"]}, "inside.example": {"A": ["10.0.0.5"]},
                                   "six.example": {"AAAA": ["::1"]}})
        self.sets = {"paths.state": folder, "tls.ca": authority.pem, "dns.file": dns, "feeds.sources": ",".join(rows),
                     "fetch.allow_private": "127.0.0.0/8", **sets}

    def lists(self, *arguments, **sets):
        g = Gateway(state=self.folder)
        merged = {**g.sets, **self.sets, **{k.replace("__", "."): v for k, v in sets.items()}}
        shown = {k: v for k, v in merged.items() if not k.startswith("listen")}
        r = g.cli("lists", *arguments, "--json", *[a for k, v in shown.items() for a in ("--set", f"{k}={v}")])
        lines = [json.loads(line) for line in r.stdout.splitlines()]
        return r.returncode, lines, r.stderr

    def fetch(self, name, **sets):
        status, lines, errors = self.lists("fetch", name, **sets)
        assert lines, errors
        return status, lines[0]

    def has(self, thing):
        return self.lists("check", thing)[0] == 0


def key_file(folder, content):
    path = os.path.join(folder, "feed.key")
    with open(path, "w", encoding="utf-8") as f:
        f.write(content)
    os.chmod(path, 0o400)
    return path


def test_a_feed_is_fetched_asked_for_changes_only_and_kept_when_it_turns_to_nonsense():
    with Authority() as ca, tempfile.TemporaryDirectory() as folder, WebServer(*ca.certificate("feed.example")) as web:
        at = f"https://feed.example:{web.port}"
        key = key_file(folder, "Authorization: secret-word\n")
        site = Site(folder, ca, [f"phish openphish {at}/a key={key} every=1h"])
        assert site.lists("status")[0] == 1 and site.lists("status")[1][0]["stale"], "nothing was fetched yet"
        web.pages["/a"] = Page(302, Location="/b")
        web.pages["/b"] = Page(body=gzip.compress(b"http://bad.example/x\nhttps://bad.example/y\n<script>\n"),
                               ETag='"one"', Content_Encoding="gzip")
        status, feed = site.fetch("phish")
        assert (status, feed["entries"], feed["left_out"], feed["version"], feed["stale"]) == (0, 2, 1, 1, False), feed
        assert web.asked[-1][2]["Authorization"] == "secret-word" and "Cookie" not in web.asked[-1][2]
        assert site.has("https://bad.example/y") and not site.has("https://bad.example/z")

        web.pages["/b"] = lambda r: Page(304) if r.headers.get("If-None-Match") == '"one"' else Page(500)
        status, feed = site.fetch("phish")
        assert (status, feed["version"], feed["failures"]) == (0, 1, 0), feed

        for page, why in ((Page(body=b"<html>maintenance</html>\n"), "no line"), (Page(body=b""), "empty"),
                          (Page(503), "503"), (Page(body=b"x" * 3000), "more than 2048"), (Page(404), "404"),
                          (Page(302, Location="http://feed.example/"), "https"),
                          (Page(302, Location="file:///etc/passwd"), "https"),
                          (Page(body=gzip.compress(b"\0" * 1000000), Content_Encoding="gzip"), "more than 2048"),
                          (Page(302, Location="/a"), "redirections")):
            web.pages["/b"] = page
            status, feed = site.fetch("phish", feeds__max_bytes="2048")
            assert status == 1 and why in feed["why"], feed
            assert site.has("https://bad.example/y"), feed
        assert feed["failures"] == 9 and feed["version"] == 1
        web.pages["/b"] = Page(body=b"http://new.example/\n")
        assert site.fetch("phish")[0] == 0 and site.has("http://new.example/")
        assert not site.has("https://bad.example/y"), "what the feed no longer says is gone"
        for name in ("poterne.log", "feeds/phish/state"):
            path = os.path.join(folder, name)
            assert not os.path.exists(path) or b"secret-word" not in open(path, "rb").read()
        path = os.path.join(folder, "feeds", "phish", "state")
        state = json.load(open(path, encoding="utf-8"))
        state["fetched_at"] -= 4 * 3600
        json.dump(state, open(path, "w", encoding="utf-8"))
        assert site.lists("status")[0] == 1 and site.lists("status")[1][0]["stale"]


def test_a_feed_never_leads_inside_and_its_key_goes_to_its_own_server_only():
    with Authority() as ca, tempfile.TemporaryDirectory() as folder, WebServer() as plain, WebServer() as inside, \
            WebServer(*ca.certificate("feed.example")) as web, WebServer(*ca.certificate("other.example")) as stranger:
        key = key_file(folder, "X-Key: secret-word")
        hosts = {"a": f"10.0.0.5:{inside.port}", "b": f"[::1]:{inside.port}", "c": f"2130706433:{inside.port}",
                 "d": f"inside.example:{inside.port}", "e": f"six.example:{inside.port}", "f": "169.254.169.254",
                 "g": f"[::ffff:10.0.0.1]:{inside.port}", "h": f"localhost:{inside.port}"}
        rows = [f"{n} openphish http://{h}/x http" for n, h in hosts.items()]
        rows += [f"r{n} openphish http://feed.example:{plain.port}/{n} http" for n in hosts]
        rows += [f"keyed openphish https://feed.example:{web.port}/k http key={key}",
                 f"tls openphish https://feed.example:{stranger.port}/x"]
        for n, h in hosts.items():
            plain.pages[f"/{n}"] = Page(302, Location=f"http://{h}/x")
        inside.pages["/x"] = Page(body=b"http://bad.example/\n")
        site = Site(folder, ca, rows, **{"fetch.allow_private": f"127.0.0.1/32"})
        for n in hosts:
            # 127.0.0.1 itself is allowed in this test: c, by number, would otherwise be as the others.
            if n == "c":
                continue
            for name in (n, "r" + n):
                status, feed = site.fetch(name)
                assert status == 1 and ("Internet" in feed["why"] or "no address" in feed["why"]), (name, feed)
        assert inside.connections == 0
        status, feed = site.fetch("c", fetch__allow_private="192.0.2.0/24")
        assert status == 1 and "Internet" in feed["why"] and inside.connections == 0, feed
        web.pages["/k"] = Page(302, Location=f"http://feed.example:{plain.port}/stolen")
        plain.pages["/stolen"] = Page(body=b"http://bad.example/\n")
        assert site.fetch("keyed")[0] == 0
        assert web.asked[-1][2]["X-Key"] == "secret-word" and "X-Key" not in plain.asked[-1][2]
        status, feed = site.fetch("tls")
        assert status == 1 and "certificate" in feed["why"], feed


def indicator(name, **more):
    return {"type": "indicator", "pattern": f"[domain-name:value = '{name}']", **more}


def test_a_taxii_collection_is_read_page_by_page_and_only_when_something_was_added():
    with Authority() as ca, tempfile.TemporaryDirectory() as folder, WebServer(*ca.certificate("feed.example")) as web:
        objects = [indicator(f"bad{i}.example") for i in range(5)]

        def collection(request):
            assert request.headers["Accept"] == "application/taxii+json;version=2.1"
            query = dict(q.split("=") for q in request.path.partition("?")[2].split("&"))
            if query["added_after"] == "2026-11-01T00%3A00%3A00Z":
                return Page(body=b"{}")
            first = int(query.get("next", "0"))
            page = {"objects": objects[first:first + 2]}
            if first + 2 < len(objects):
                page.update(more=True, next=str(first + 2))
            return Page(body=json.dumps(page).encode(), X_TAXII_Date_Added_Last="2026-11-01T00:00:00Z")

        web.pages["/api/collections/91a7/objects/"] = collection
        site = Site(folder, ca, [f"cert taxii https://feed.example:{web.port}/api/ collection=91a7"])
        status, feed = site.fetch("cert")
        assert (status, feed["entries"]) == (0, 5) and site.has("bad4.example"), feed
        asked = len(web.asked)
        status, feed = site.fetch("cert")
        assert (status, feed["version"], len(web.asked) - asked) == (0, 1, 1), feed
        objects[0]["revoked"] = True
        path = os.path.join(folder, "feeds", "cert", "state")
        state = json.load(open(path, encoding="utf-8"))
        json.dump({**state, "added_after": "2026-10-01T00:00:00Z"}, open(path, "w", encoding="utf-8"))
        status, feed = site.fetch("cert")
        assert (status, feed["version"], feed["entries"]) == (0, 2, 4) and not site.has("bad0.example"), feed


def test_the_gateway_fetches_by_itself_and_judges_by_what_it_fetched():
    with Authority() as ca, tempfile.TemporaryDirectory() as folder, WebServer(*ca.certificate("feed.example")) as web:
        dns = zone_file(folder, **{"feed.example": {"A": ["127.0.0.1"]}})
        web.pages["/a"] = Page(body=b"https://bad.example/login\n")
        web.pages["/m"] = Page(body=b"# map\nworse.example 7\n/regular/i\n")
        rows = [f"phish openphish https://feed.example:{web.port}/a", f"gone urlhaus https://feed.example:{web.port}/g",
                f"map map https://feed.example:{web.port}/m list=deny-urls"]
        with Gateway(dns__file=dns, tls__ca=ca.pem, feeds__sources=",".join(rows),
                     fetch__allow_private="127.0.0.0/8") as g:
            g.wait_event("feed.changed", feed="phish")
            g.wait_event("feed.changed", feed="map")
            assert g.wait_event("feed.failed", feed="gone")["failures"] == 1
            g.wait_event("feed.stale", feed="gone")
            mail = lambda n, link: text(PARTNER, f"Bonjour {n}", f"Bonjour,\n\nVoir {link} comme convenu.\n", n)
            wait_until(lambda: g.send(mail(1, "https://bad.example/login"))[0] == 550, 25, "the feed")
            wait_until(lambda: g.send(mail(2, "https://www.worse.example/"))[0] == 550, 25, "the map")
            assert g.send(mail(3, "https://bad.example/other"))[0] == 250
            user = subprocess.run(["ps", "-o", "user=", "-p", str(g.pids()["fetch"][0])], capture_output=True, text=True)
            assert os.geteuid() != 0 or user.stdout.strip() not in ("root", ""), user.stdout

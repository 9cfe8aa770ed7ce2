"""Where links lead: followed once, by a proxy of the site, and never to an address inside."""
import os
import tempfile
import time

from gateway import Gateway, wait_until
from samples import PARTNER, text
from tlspeers import zone_file
from webpeers import Page, Proxy, WebServer


def names():
    """Addresses of the Internet, which only the proxy is asked for: nothing leaves this machine."""
    zone = {name: {"A": ["9.9.9.9"]} for name in ("court.example", "listed.example", "slow.example")}
    zone.update({"prive.example": {"A": ["10.0.0.5"]}, "prive6.example": {"AAAA": ["::1"]},
                 "both.example": {"A": ["9.9.9.9", "127.0.0.1"]}, "mapped.example": {"AAAA": ["64:ff9b::a00:1"]}})
    return zone



def test_links_are_followed_once_and_their_ends_judged_and_nothing_inside_is_ever_reached():
    with tempfile.TemporaryDirectory() as folder, WebServer() as web, WebServer() as inside, Proxy(web) as proxy:
        os.chmod(folder, 0o755)
        with open(os.path.join(folder, "deny-urls.txt"), "w", encoding="utf-8") as f:
            f.write("listed.example\n")
        number = [0]

        def send(link):
            number[0] += 1
            code, reply = g.send(text(PARTNER, f"Bonjour {number[0]}",
                                      f"Bonjour,\n\nLe compte rendu est sur {link} comme convenu.\n", number[0]))
            done = wait_until(lambda: len(g.events("message.done")) == number[0] and g.events("message.done"), 20, "a verdict")
            return code, {word.split("=")[0] for word in done[-1]["symbols"].split()}

        def slowly(_):
            time.sleep(20)
            return Page()

        web.pages.update({"/a": Page(302, Location="http://listed.example/login"), "/login": Page(),
                          "/d": Page(body=b"MZ", Content_Disposition='attachment; filename="facture.exe"',
                                     Content_Type="application/octet-stream"),
                          "/page": Page(body=b"<meta http-equiv=refresh content='0;url=//listed.example/login'>",
                                        Content_Type="text/html"), "/slow": slowly})
        with Gateway(dns__file=zone_file(folder, **names()), paths__site_lists=folder, url_check__enabled="true",
                     url_check__timeout="3s", url_check__get="listed.example,slow.example",
                     fetch__proxy=f"tcp:127.0.0.1:{proxy.port}") as g:
            code, raised = send("http://court.example/a")
            assert code == 550 and "LOCAL_BL_URL" in raised and "URL_REDIRECT" in raised, raised
            assert [a[:2] for a in web.asked][:1] == [("HEAD", "/a")], web.asked
            fields = web.asked[0][2]
            assert "Mozilla" in fields["User-Agent"] and fields["Host"].startswith("court.example"), fields
            assert "Cookie" not in fields and "Referer" not in fields
            asked = len(web.asked)
            assert send("http://court.example/a")[0] == 550 and len(web.asked) == asked, "it was visited twice"
            code, raised = send("http://court.example/d")
            assert {"URL_DOWNLOAD", "URL_DOWNLOAD_FILENAME", "URL_SUSPECT_MIMETYPE"} <= raised, raised
            assert send("http://slow.example/page")[0] == 550 and web.asked[-2][0] == "GET", web.asked[-3:]
            began = time.monotonic()
            assert send("http://slow.example/slow")[0] == 250 and time.monotonic() - began < 8
            asked = len(web.asked)
            for link in ("http://court.example/unsubscribe?id=1", "http://court.example/x?token=abc",
                         "https://www.hopital.example/a", "mailto:a@court.example"):
                assert send(link)[0] == 250
            assert len(web.asked) == asked, web.asked[asked:]

            reached = list(proxy.targets)
            hosts = [f"127.0.0.1:{inside.port}", f"2130706433:{inside.port}", f"0x7f.1:{inside.port}",
                     f"[::1]:{inside.port}", f"[::ffff:127.0.0.1]:{inside.port}", "169.254.169.254", "prive.example",
                     "prive6.example", "both.example", "mapped.example", f"localhost:{inside.port}"]
            for i, host in enumerate(hosts):
                raised = send(f"http://{host}/x")[1]
                assert "URL_INTERNAL_ADDRESS" in raised or host.startswith("localhost"), (host, raised)
                web.pages[f"/r{i}"] = Page(302, Location=f"http://{host}/x")
                raised = send(f"http://court.example/r{i}")[1]
                assert "URL_INTERNAL_ADDRESS" in raised or host.startswith("localhost"), (host, raised)
            assert inside.connections == 0
            assert set(proxy.targets) == {"9.9.9.9:80"}, proxy.targets
            assert len(proxy.targets) - len(reached) == len(hosts), "only the redirecting pages were asked for"


def test_no_link_is_followed_unless_it_was_asked_for():
    with tempfile.TemporaryDirectory() as folder, WebServer() as web, Proxy(web) as proxy:
        with Gateway(dns__file=zone_file(folder, **names()), fetch__proxy=f"tcp:127.0.0.1:{proxy.port}") as g:
            assert g.send(text(PARTNER, "Bonjour", "Bonjour,\n\nVoir http://court.example/a comme convenu.\n", 1))[0] == 250
        assert proxy.targets == []

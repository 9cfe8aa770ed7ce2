"""Lists of the site, and lists of the DNS: a change is noticed, a mistake keeps what was there, and no
allow list lets a virus or forbidden content pass."""
import json
import os
import tempfile

from gateway import Gateway, wait_until
from samples import PARTNER, samples, text

SENDER = "claire.martin@partner.example"


def mail(n, link="https://partner.example/"):
    return text(PARTNER, f"Bonjour {n}", f"Bonjour,\n\nLe compte rendu est sur {link} comme convenu.\n", n)


class Site:
    """A directory of lists, and the commands that change them."""

    def __init__(self, folder):
        self.folder = folder
        os.chmod(folder, 0o755)

    def lists(self, g, *arguments, check=0):
        return g.cli("lists", *arguments, "--set", f"paths.site_lists={self.folder}", "--set",
                     f"paths.lists={g.sets['paths.lists']}", "--set", f"paths.rules={g.sets['paths.rules']}", check=check)

    def write(self, name, content):
        with open(os.path.join(self.folder, name), "w", encoding="utf-8") as f:
            f.write(content)


def test_a_sender_that_is_listed_is_refused_within_seconds_until_it_is_taken_off():
    with tempfile.TemporaryDirectory() as folder, Gateway(paths__site_lists=folder) as g:
        site = Site(folder)
        assert g.send(mail(1))[0] == 250
        site.lists(g, "add", "deny-senders", "partner.example", "--why", "ticket 7")
        wait_until(lambda: g.send(mail(2))[0] == 550, 25, "the list")
        answer = json.loads(site.lists(g, "check", SENDER, "--json").stdout)
        assert answer["list"] == "deny-senders.txt" and answer["note"] == "ticket 7", answer
        assert "GLOBAL_SMTP_FROM_BL (reject)" in answer["symbols"], answer
        site.lists(g, "remove", "deny-senders", "Partner.Example.")
        wait_until(lambda: g.send(mail(3))[0] == 250, 25, "the list without it")
        trail = site.lists(g, "audit").stdout.splitlines()
        assert [json.loads(line)["action"] for line in trail] == ["add", "remove"]


def test_a_list_with_a_mistake_is_told_and_the_one_before_it_stays():
    with tempfile.TemporaryDirectory() as folder:
        site = Site(folder)
        site.write("deny-senders.txt", "partner.example\n")
        with Gateway(paths__site_lists=folder) as g:
            assert g.send(mail(1))[0] == 550
            site.write("deny-senders.txt", "192.0.2.1/24\n")
            g.wait_event("reload.refused")
            assert "deny-senders.txt:1:1" in g.raw_log()
            assert g.send(mail(2))[0] == 550


def test_no_allow_list_lets_a_virus_or_a_program_pass():
    with tempfile.TemporaryDirectory() as folder:
        site = Site(folder)
        for name, entry in (("allow-clients", "127.0.0.0/8"), ("allow-senders", "partner.example"),
                            ("allow-authors", "partner.example"), ("allow-recipients", "hopital.example"),
                            ("forward-hosts", "127.0.0.1")):
            site.write(name + ".txt", entry + "\n")
        with Gateway(paths__site_lists=folder) as g:
            for s in samples():
                if s.name in ("eicar", "gtube", "forbidden-attachment", "program-in-zip"):
                    assert g.send(s.data)[0] == 550, s.name
            assert g.send(mail(1))[0] == 250


def overlay(folder, content):
    os.chmod(folder, 0o755)
    with open(os.path.join(folder, "90-site.yaml"), "w", encoding="utf-8") as f:
        f.write(content)


def test_lists_of_the_dns_are_asked_when_they_are_switched_on():
    zone = {"partner.example": {"TXT": ["v=spf1 ip4:127.0.0.1 -all"]},
            "bad.example.multi.surbl.org": {"A": ["127.0.0.8"]}, "grey.example.multi.uribl.com": {"A": ["127.0.0.4"]},
            "blocked.example.multi.uribl.com": {"A": ["127.0.0.1"]}, "slow.example.multi.surbl.org": {"A": "timeout"},
            "spam.example.dbl.spamhaus.org": {"A": ["127.0.1.2"]},
            "www.quota.example.dbl.spamhaus.org": {"A": ["127.255.255.254"]}}
    with tempfile.TemporaryDirectory() as folder:
        overlay(folder, "dns_lists:\n  surbl: {enabled: true}\n  uribl: {enabled: true}\n"
                        "  spamhaus-dbl: {enabled: true}\n")
        names = os.path.join(folder, "names.json")
        with open(names, "w", encoding="utf-8") as f:
            json.dump(zone, f)
        with Gateway(paths__overlay=folder, dns__file=names) as g:
            for host in ("good", "grey", "blocked", "slow", "quota"):
                assert g.send(mail(1, f"https://www.{host}.example/a"))[0] == 250
            for host in ("bad", "spam"):
                g.send(mail(2, f"https://{host}.example/a"))
            done = wait_until(lambda: [e for e in g.events("message.done")] if len(g.events("message.done")) == 7 else None,
                              20, "seven verdicts")
            assert [e["action"] for e in done] == ["accept"] * 5 + ["quarantine"] * 2, done
            refused = g.events("dnslist.refused")
            assert sorted((e["list"], e["code"]) for e in refused) == [("spamhaus-dbl", "127.255.255.254"),
                                                                       ("uribl", "127.0.0.1")], refused
    with Gateway() as g:  # none is asked as it is shipped
        assert g.send(mail(3, "https://bad.example/a"))[0] == 250


def test_a_feed_and_a_list_of_two_hundred_thousand_are_asked():
    with tempfile.TemporaryDirectory() as folder, Gateway(paths__site_lists=folder) as g:
        site = Site(folder)
        feed = os.path.join(folder, "urls.feed")
        with open(feed, "w", encoding="utf-8") as f:
            f.writelines(f"http://host{i}.example/login/{i}\n" for i in range(200000))
        site.lists(g, "import", "--format", "openphish", feed)
        assert os.path.exists(os.path.join(folder, "feed-openphish.set"))
        site.lists(g, "check", "https://host7.example/login/7")
        site.lists(g, "check", "https://host7.example/login/8", check=1)
        wait_until(lambda: g.send(mail(1, "https://host199999.example/login/199999"))[0] == 550, 25, "the feed")
        assert g.send(mail(2, "https://host199999.example/"))[0] == 250


def test_whoever_may_write_the_directory_does_not_choose_what_root_overwrites():
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as victim, Gateway() as g:
        site, target = Site(folder), os.path.join(victim, "shadow")
        with open(target, "w", encoding="utf-8") as f:
            f.write("precious\n")
        os.symlink(target, os.path.join(folder, "deny-senders.txt.new"))
        site.lists(g, "add", "deny-senders", "partner.example", "--why", "x")
        os.unlink(os.path.join(folder, "audit.jsonl"))
        os.symlink(target, os.path.join(folder, "audit.jsonl"))
        site.lists(g, "add", "deny-senders", "other.example", "--why", "x", check=None)
        assert open(target, encoding="utf-8").read() == "precious\n"

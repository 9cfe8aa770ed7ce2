"""Reports to other domains: what is counted goes out, once, to those who ask for it and may have it."""
import contextlib
import email
import email.policy
import gzip
import json
import os
import re
import signal
import xml.etree.ElementTree

from gateway import Gateway, wait_until
from peers import settle
from samples import PARTNER, text
from test_signing import make_key, verify
from tlspeers import Authority, SmtpServer, zone_file

CLEAN = text(PARTNER, "Bonjour", "Bonjour,\n\nUne ligne.\n", 1)
FROM = "reports@hopital.example"
DMARC = "{urn:ietf:params:xml:ns:dmarc-2.0}"


def reports_in(server):
    """(headers, data, file name) of each report among the messages of a server."""
    text_of_all, found = "\r\n".join(server.lines), []
    for body in re.findall(r"\r\nDATA\r\n(.*?)\r\n\.\r\n", text_of_all, re.S):
        m = email.message_from_string(body, policy=email.policy.default)
        for part in m.walk():
            if part.get_content_type() in ("application/gzip", "application/tlsrpt+gzip"):
                found.append((m, gzip.decompress(part.get_content()), part.get_filename()))
    return found


def listed(g, *more):
    r = g.cli("report", "list", "--json", *more, *g.arguments(), check=0)
    return [json.loads(line) for line in r.stdout.splitlines()]


@contextlib.contextmanager
def sends_to_partner(ca, server, **names):
    """A gateway of role out; partner.example asks for TLS reports, its mail server is server."""
    zone = {"partner.example": {"MX": [[10, "mx1.test"]]}, "mx1.test": {"A": ["127.0.0.1"]},
            "_smtp._tls.partner.example": {"TXT": ["v=TLSRPTv1; rua=mailto:tls@partner.example,https://x.test/r"]}}
    zone.update(names)
    with Gateway(spool=True, role="out", out__clients="127.0.0.0/8", delivery__next_hop="mx",
                 delivery__mx_port=server.port, delivery__allow_private="true", delivery__retry="1s,1s,1s",
                 tls__ca=ca.pem, dns__file=zone_file(ca.dir, **zone), reports__from=FROM) as g:
        yield g


def test_a_domain_that_asks_for_it_gets_a_tls_report_whose_counts_add_up():
    with Authority() as ca, SmtpServer(ca.certificate("mx1.test")) as server, sends_to_partner(ca, server) as g:
        for n in range(2):
            assert g.send(CLEAN, sender="a@labo.example", recipient="b@partner.example")[0] == 250
            wait_until(lambda n=n: len(g.events("delivery.done")) == n + 1, 20, "a delivery")
        sessions = len(g.events("tls.result"))
        shown = g.cli("report", "show", *g.arguments(), check=0).stdout
        g.cli("report", "send", *g.arguments(), check=0)
        g.wait_event("report.sent", domain="partner.example", about="tls")
        wait_until(lambda: reports_in(server), 20, "the report")
        (mail, data, name), = reports_in(server)
        report = json.loads(data)
        assert report["policies"][0]["summary"] == {"total-successful-session-count": sessions,
                                                    "total-failure-session-count": 0}
        assert report["policies"][0]["policy"] == {"policy-type": "no-policy-found",
                                                   "policy-domain": "partner.example"}
        assert json.loads(shown)["policies"] == report["policies"]
        assert mail["TLS-Report-Domain"] == "partner.example" and mail["TLS-Required"] == "No"
        assert mail["TLS-Report-Submitter"] == "hopital.example" and FROM in mail["From"]
        assert mail.get_content_type() == "multipart/report" and name.startswith("hopital.example!partner.example!")
        assert [line for line in server.lines if line.startswith("MAIL FROM:<" + FROM)], server.lines
        row, = [r for r in listed(g) if r["state"] == "sent"]
        assert row["detail"] == "tls@partner.example" and row["count"] == sessions
        # The session of the report itself is not counted, and nothing is sent twice.
        assert [r["state"] for r in listed(g)] == ["sent"]
        g.cli("report", "send", *g.arguments(), check=0)
        g.stop()
        g.start()
        assert len(reports_in(server)) == 1


def test_failures_are_reported_with_their_host_and_address():
    with Authority() as ca, SmtpServer() as server, sends_to_partner(ca, server) as g:
        assert g.send(CLEAN, sender="a@labo.example", recipient="b@partner.example")[0] == 250
        g.wait_event("delivery.done")
        g.cli("report", "send", *g.arguments(), check=0)
        wait_until(lambda: reports_in(server), 20, "the report")
        policy, = json.loads(reports_in(server)[0][1])["policies"]
        failure, = policy["failure-details"]
        assert policy["summary"]["total-failure-session-count"] == 1
        assert failure["result-type"] == "starttls-not-supported" and failure["receiving-mx-hostname"] == "mx1.test"
        assert failure["receiving-ip"] == failure["sending-mta-ip"] == "127.0.0.1"


def test_a_domain_that_asks_for_no_report_gets_none():
    with Authority() as ca, SmtpServer() as server, sends_to_partner(
            ca, server, **{"_smtp._tls.partner.example": {"TXT": ["v=TLSRPTv1; rua=https://x.test/r"]}}) as g:
        assert g.send(CLEAN, sender="a@labo.example", recipient="b@partner.example")[0] == 250
        g.wait_event("delivery.done")
        g.cli("report", "send", *g.arguments(), check=0)
        row = wait_until(lambda: [r for r in listed(g) if r["state"] == "unwanted"], 20, "an end")[0]
        assert "can be written to" in row["detail"]
        assert len(server.recipients()) == 1


ASKS = {"_dmarc.shop.example": {"TXT": ["v=DMARC1; p=none; rua=mailto:d@shop.example,mailto:x@agency.example!10m"]},
        "shop.example": {"TXT": ["v=spf1 ip4:203.0.113.0/24 -all"], "A": ["203.0.113.1"]}}
AGREES = {"shop.example._report._dmarc.agency.example": {"TXT": ["v=DMARC1"]}}


@contextlib.contextmanager
def receives_from_shop(directory, server, *more, **settings):
    """A gateway of role mx; shop.example has a DMARC record; server is the way out."""
    names = dict(ASKS)
    for m in more:
        names.update(m)
    with Gateway(dns__file=zone_file(directory, **names), reports__from=FROM, dsn__via=f"smtp:127.0.0.1:{server.port}",
                 **settings) as g:
        yield g


def from_shop(n):
    return CLEAN.replace(b"claire.martin@partner.example", b"news@shop.example") + b"%d\r\n" % n


def send_from_shop(g, n):
    for i in range(n):
        code, _ = g.send(from_shop(i), sender="bounce@news.example")
        assert code in (250, 550), code


def test_a_dmarc_report_says_what_came_under_a_domain():
    with Authority() as ca, SmtpServer() as server, receives_from_shop(ca.dir, server, AGREES) as g:
        send_from_shop(g, 3)
        assert g.send(CLEAN)[0] == 250
        g.cli("report", "send", *g.arguments(), check=0)
        g.wait_event("report.sent", domain="shop.example", about="dmarc")
        wait_until(lambda: reports_in(server), 20, "the report")
        (mail, data, name), = reports_in(server)
        assert sorted(server.recipients()) == [f"RCPT TO:<{a}>" for a in ("d@shop.example", "x@agency.example")]
        root = xml.etree.ElementTree.fromstring(data)
        assert root.findtext(f".//{DMARC}policy_published/{DMARC}domain") == "shop.example"
        assert sum(int(c.text) for c in root.iter(f"{DMARC}count")) == 3
        row = root.find(f"{DMARC}record")
        assert row.findtext(f".//{DMARC}source_ip") == "127.0.0.1"
        assert row.findtext(f".//{DMARC}header_from") == "shop.example"
        assert row.findtext(f".//{DMARC}envelope_from") == "news.example"
        assert row.findtext(f"{DMARC}row/{DMARC}policy_evaluated/{DMARC}spf") == "fail"
        assert row.findtext(f".//{DMARC}disposition") == "none"
        subject = " ".join(mail["Subject"].split())
        report_id = root.findtext(f".//{DMARC}report_id")
        assert subject == f"Report Domain: shop.example Submitter: hopital.example Report-ID: <{report_id}>", subject
        begin, end = root.findtext(f".//{DMARC}begin"), root.findtext(f".//{DMARC}end")
        assert name == f"hopital.example!shop.example!{begin}!{end}!0.xml.gz"
        # What comes later that day is another report, from where the first one ended.
        send_from_shop(g, 1)
        g.cli("report", "send", "--domain", "shop.example", *g.arguments(), check=0)
        wait_until(lambda: len(reports_in(server)) == 2, 20, "the second report")
        second = xml.etree.ElementTree.fromstring(reports_in(server)[1][1])
        assert int(second.findtext(f".//{DMARC}begin")) > int(end) - 1
        assert [int(c.text) for c in second.iter(f"{DMARC}count")] == [1]


def test_addresses_that_did_not_agree_get_nothing():
    with Authority() as ca, SmtpServer() as server, receives_from_shop(ca.dir, server) as g:
        send_from_shop(g, 1)
        g.cli("report", "send", *g.arguments(), check=0)
        wait_until(lambda: reports_in(server), 20, "the report")
        assert server.recipients() == ["RCPT TO:<d@shop.example>"]
    with Authority() as ca, SmtpServer() as server, receives_from_shop(ca.dir, server, {
            "_dmarc.shop.example": {"TXT": ["v=DMARC1; p=none; rua=mailto:victim@agency.example"]}}) as g:
        send_from_shop(g, 1)
        g.cli("report", "send", *g.arguments(), check=0)
        g.wait_event("report.unwanted", domain="shop.example")
        assert not server.recipients()


def test_a_size_that_is_asked_for_is_kept():
    with Authority() as ca, SmtpServer() as server, receives_from_shop(ca.dir, server, {
            "_dmarc.shop.example": {"TXT": ["v=DMARC1; p=none; rua=mailto:d@shop.example!1k"]}}) as g:
        send_from_shop(g, 1)
        g.cli("report", "send", *g.arguments(), check=0)
        assert "larger" in g.wait_event("report.unwanted")["detail"]
        assert not server.recipients()


def test_without_a_way_out_nothing_is_counted_or_sent():
    with Authority() as ca, Gateway(dns__file=zone_file(ca.dir, **ASKS), reports__from=FROM) as g:
        send_from_shop(g, 1)
        assert "no way out" in g.raw_log()
        assert listed(g) == []
        assert "no reports are sent" in g.cli("report", "send", *g.arguments(), check=1).stderr


def test_a_crash_in_the_middle_neither_loses_nor_doubles_a_report():
    with Authority() as ca, SmtpServer() as server, receives_from_shop(ca.dir, server) as g:
        for n in range(5):
            send_from_shop(g, 1)
            g.cli("report", "send", *g.arguments(), check=0)
            victim = "report" if n % 2 else "store"
            for pid in g.pids().get(victim, []):
                os.kill(pid, signal.SIGKILL)
            wait_until(lambda: all(r["state"] == "sent" for r in listed_or_busy(g)), 40, "the reports are sent")
            settle(0.5)
        # What is killed between the next hop's 250 and our record of it is sent again: the same message.

        def messages():
            return {(name, m["Message-ID"]) for m, _, name in reports_in(server)}
        wait_until(lambda: len(messages()) >= len(listed(g)), 40, "they arrived")
        settle(1)
        arrived = messages()
        names = {name for name, _ in arrived}
        assert len(arrived) == len(names) == len(listed(g)) == 5, (arrived, listed(g))


def listed_or_busy(g):
    r = g.cli("report", "list", "--json", *g.arguments())
    return [json.loads(line) for line in r.stdout.splitlines()] if r.returncode == 0 else [{"state": "?"}]


def test_reports_are_signed_when_their_domain_has_a_key():
    with Authority() as ca, SmtpServer() as server:
        tool = Gateway()
        row, name, record = make_key(tool, ca.dir, "hopital.example", "s1")
        tool.remove()
        with receives_from_shop(ca.dir, server, {name: {"TXT": [record]}}, dkim__keys=row) as g:
            send_from_shop(g, 1)
            g.cli("report", "send", *g.arguments(), check=0)
            wait_until(lambda: reports_in(server), 20, "the report")
            body, = re.findall(r"\r\nDATA\r\n(.*?\r\n)\.\r\n", "\r\n".join(server.lines), re.S)
            assert verify("dkim", body.encode(), g.sets["dns.file"]) == [True]

"""Reports about our own mail: they arrive, are counted once, and shown."""
import base64
import gzip
import io
import json
import os
import tempfile
import time
import zipfile

from gateway import Gateway, wait_until

RUA = "rapports-dmarc@hopital.example"
NOW = int(time.time())


def report_xml(identifier="r-1", ip="192.0.2.1", count=40, passed="pass", domain="hopital.example"):
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<feedback>
<report_metadata><org_name>Grand Recepteur</org_name><email>dmarc@recepteur.example</email>
<report_id>{identifier}</report_id><date_range><begin>{NOW - 90000}</begin><end>{NOW - 3600}</end></date_range>
</report_metadata>
<policy_published><domain>{domain}</domain><p>none</p></policy_published>
<record><row><source_ip>{ip}</source_ip><count>{count}</count><policy_evaluated><disposition>none</disposition>
<dkim>{passed}</dkim><spf>{passed}</spf></policy_evaluated></row>
<identifiers><header_from>{domain}</header_from></identifiers><auth_results/></record>
</feedback>
""".encode()


TLS = {"organization-name": "Grand Expediteur", "report-id": "t-1", "date-range": {
    "start-datetime": time.strftime("%Y-%m-%dT00:00:00Z", time.gmtime(NOW - 86400)),
    "end-datetime": time.strftime("%Y-%m-%dT23:59:59Z", time.gmtime(NOW - 86400))},
    "policies": [{"policy": {"policy-type": "sts", "policy-domain": "hopital.example"},
                  "summary": {"total-successful-session-count": 90, "total-failure-session-count": 10},
                  "failure-details": [{"result-type": "certificate-expired", "failed-session-count": 10,
                                       "receiving-mx-hostname": "mx1.hopital.example"}]}]}


def zipped(data, name):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
        z.writestr(name, data)
    return out.getvalue()


def mail(data, name, kind):
    body = base64.encodebytes(data).decode()
    date = time.strftime("%a, %d %b %Y %H:%M:%S +0000", time.gmtime(NOW))
    return f"""From: dmarc@recepteur.example
To: {RUA}
Subject: Report Domain: hopital.example Submitter: recepteur.example Report-ID: r-1
Date: {date}
Message-ID: <{name}.{NOW}@recepteur.example>
MIME-Version: 1.0
Content-Type: {kind}; name="{name}"
Content-Disposition: attachment; filename="{name}"
Content-Transfer-Encoding: base64

{body}""".replace("\n", "\r\n").encode()


def lines(g, *arguments):
    r = g.cli("dmarc", *arguments, "--json", "--set", f"paths.state={g.state}", check=0)
    return [json.loads(line) for line in r.stdout.splitlines()]


def of(found, kind):
    return [line for line in found if line["kind"] == kind]


def install(g):
    return ["--set", f"paths.state={g.state}", "--set", f"paths.rules={g.sets['paths.rules']}",
            "--set", f"paths.lists={g.sets['paths.lists']}", "--set", f"paths.programs={g.bin}"]


HONEST = {"recepteur.example": {"A": ["192.0.2.50"], "TXT": ["v=spf1 ip4:127.0.0.1 -all"]},
          "_dmarc.recepteur.example": {"TXT": ["v=DMARC1; p=reject"]}}
NAMELESS = {"recepteur.example": {"A": ["192.0.2.50"]}}


def zone_file(folder, zone):
    path = os.path.join(folder, "zone.json")
    with open(path, "w") as f:
        json.dump(zone, f)
    return path


def test_reports_that_arrive_are_delivered_and_counted():
    with tempfile.TemporaryDirectory() as folder, \
            Gateway(reports__addresses=RUA, dns__file=zone_file(folder, HONEST)) as g:
        name = f"recepteur.example!hopital.example!{NOW - 90000}!{NOW - 3600}"
        sent = [mail(gzip.compress(report_xml("r-1", ip="192.0.2.1", count=40)), name + ".xml.gz", "application/gzip"),
                mail(zipped(report_xml("r-2", ip="192.0.2.9", count=2), name + ".xml"), name + ".zip",
                     "application/zip"),
                mail(gzip.compress(json.dumps(TLS).encode()), name + "!001.json.gz", "application/tlsrpt+gzip")]
        for message in sent:
            assert g.send(message, sender="dmarc@recepteur.example", recipient=RUA)[0] == 250
        wait_until(lambda: len(g.events("reports.kept")) == 3, 20, "three reports")
        wait_until(lambda: len(g.maildir()) == 3, 20, "three deliveries")
        assert {e["trusted"] for e in g.events("reports.kept")} == {"yes"}
        sources = of(lines(g), "source")
        assert [(s["network"], s["addresses"], s["messages"], s["aligned"]) for s in sources] == \
            [("192.0.2.0/24", 2, 42, 42)], sources
        failures = of(lines(g, "tls"), "failure")
        assert [(f["result"], f["mx"], f["failed"]) for f in failures] == \
            [("certificate-expired", "mx1.hopital.example", 10)], failures
        words = g.cli("dmarc", "tls", "--lang", "fr", "--set", f"paths.state={g.state}", check=0).stdout
        assert "le certificat a expiré" in words, words


def test_a_report_nobody_vouches_for_is_shown_apart():
    with tempfile.TemporaryDirectory() as folder, \
            Gateway(reports__addresses=RUA, dns__file=zone_file(folder, NAMELESS)) as g:
        message = mail(gzip.compress(report_xml(count=1000, passed="fail")), "a.xml.gz", "application/gzip")
        assert g.send(message, sender="dmarc@recepteur.example", recipient=RUA)[0] == 250
        g.wait_event("reports.kept", trusted="no")
        found = lines(g)
        assert of(found, "domain") == [] and of(found, "source") == []
        assert [u["org"] for u in of(found, "unauthenticated")] == ["Grand Recepteur"]


def test_files_are_imported_once():
    with Gateway() as g, tempfile.TemporaryDirectory() as folder:
        for i in range(3):
            with open(os.path.join(folder, f"{i}.xml"), "wb") as f:
                f.write(report_xml(f"r-{i}", count=50))
        with open(os.path.join(folder, "mail.eml"), "wb") as f:
            f.write(mail(gzip.compress(report_xml("r-0", count=50)), "r-0.xml.gz", "application/gzip"))
        first = g.cli("dmarc", "import", folder, "--json", *install(g), check=0)
        assert json.loads(first.stdout) == {"added": 3, "known": 1}, first.stdout
        assert json.loads(g.cli("dmarc", "import", folder, "--json", *install(g), check=0).stdout)["added"] == 0
        assert [s["messages"] for s in of(lines(g), "source")] == [150]
        with open(os.path.join(folder, "dns.json"), "w") as f:
            json.dump({"1.2.0.192.in-addr.arpa": {"PTR": ["mail.partner.example"]},
                       "mail.partner.example": {"A": ["192.0.2.1"]}}, f)
        words = g.cli("dmarc", "--lang", "fr", "--names", "--set", f"paths.state={g.state}",
                      "--set", f"dns.file={f.name}", check=0).stdout
        assert "hopital.example" in words and "attendre" in words and "mail.partner.example" in words, words


def test_a_report_that_is_an_attack_is_neither_delivered_nor_counted():
    with Gateway(reports__addresses=RUA) as g:
        entities = "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi"))
        bomb = report_xml().replace(b"<feedback>", f'<!DOCTYPE feedback [<!ENTITY a "aaaaaaaaaa">{entities}]>\n<feedback>'
                                    .encode()).replace(b"Grand Recepteur", b"&i;")
        outside = report_xml().replace(b"<feedback>",
                                       b'<!DOCTYPE feedback [<!ENTITY a SYSTEM "file:///etc/passwd">]>\n<feedback>')
        spaces = gzip.compress(b"<feedback>" + b" " * (200 << 20))
        assert g.send(mail(gzip.compress(bomb), "a.xml.gz", "application/gzip"), recipient=RUA)[0] == 550
        assert g.send(mail(outside, "a.xml", "text/xml"), recipient=RUA)[0] == 550
        g.send(mail(spaces, "a.xml.gz", "application/gzip"), recipient=RUA)
        wait_until(lambda: len(g.events("message.done")) == 3, 30, "three verdicts")
        assert g.events("reports.kept") == [] and g.maildir() == []

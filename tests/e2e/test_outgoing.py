"""Mail goes out: by routes, to the mail servers of a domain, with the TLS that it publishes."""
import contextlib

from gateway import Gateway, free_port, wait_until
from peers import Postfix, settle
from samples import PARTNER, text
from tlspeers import Authority, PolicyServer, SmtpServer, tlsa, zone_file

CLEAN = text(PARTNER, "Bonjour", "Bonjour,\n\nUne ligne.\n", 1)
MX = {"hopital.example": {"MX": [[10, "mx1.test"]], "secure": True},
      "mx1.test": {"A": ["127.0.0.1"], "secure": True}}


@contextlib.contextmanager
def to_the_internet(ca, port, zone=None, **settings):
    """A gateway whose domain is routed to the mail servers that a zone names."""
    names = dict(MX, **(zone or {}))
    with Gateway(spool=True, delivery__routes="hopital.example mx", delivery__mx_port=port, delivery__allow_private="true",
                 delivery__retry="1s,1s,1s", tls__ca=ca.pem, dns__file=zone_file(ca.dir, **names), **settings) as g:
        yield g


def deferred(g):
    return g.wait_event("delivery.deferred")["reply"]


def test_each_domain_goes_where_its_row_says():
    with SmtpServer() as one, SmtpServer() as two, Gateway(
            spool=True, domains="hopital.example,labo.example,ext.mssante.fr",
            delivery__next_hop=f"smtp:127.0.0.1:{one.port}",
            delivery__routes=f"labo.example smtp:127.0.0.1:{two.port} connections=2, *.mssante.fr reject") as g:
        assert g.send(CLEAN, recipient=["accueil@hopital.example", "a@labo.example", "b@labo.example",
                                        "c@ext.mssante.fr"])[0] == 250
        g.wait_event("delivery.failed")
        wait_until(lambda: len(g.events("delivery.done")) == 2, 20, "two destinations")
        assert one.recipients() == ["RCPT TO:<accueil@hopital.example>"]
        assert two.recipients() == ["RCPT TO:<a@labo.example>", "RCPT TO:<b@labo.example>"]
        assert "no Internet delivery for this domain" in g.raw_log()


def test_a_bad_row_is_refused_with_its_place():
    g = Gateway()
    r = g.cli("check-config", "--set", "delivery.routes=* mx,labo.example smtp:x:25 tls=maybe", *g.arguments(), check=1)
    assert 'delivery.routes, row 2, word 3: found "tls=maybe", expected tls=none, may' in r.stderr, r.stderr
    g.remove()


def test_the_next_mail_server_is_tried_when_the_best_one_is_down():
    port = free_port()
    with Authority() as ca, SmtpServer(address="127.0.0.2", port=port) as second, to_the_internet(ca, port, {
            "hopital.example": {"MX": [[10, "mx1.test"], [20, "mx2.test"]]}, "mx2.test": {"A": ["127.0.0.2"]}}) as g:
        assert g.send(CLEAN)[0] == 250
        assert g.wait_event("delivery.done")["next_hop"] == f"smtp:mx2.test:{port}"
        assert len(second.recipients()) == 1


def test_mail_servers_with_private_addresses_are_left_alone():
    with Authority() as ca, SmtpServer() as server, to_the_internet(ca, server.port) as g:
        g.stop()
        g.sets["delivery.allow_private"] = "false"
        g.start()
        assert g.send(CLEAN)[0] == 250
        assert "not of the Internet" in deferred(g)
        assert server.connections == 0


def test_a_domain_that_takes_no_mail_is_an_end_at_once():
    with Authority() as ca, to_the_internet(ca, 1, {"hopital.example": {"MX": [[0, "."]]}}) as g:
        assert g.send(CLEAN)[0] == 250
        assert g.wait_event("delivery.failed")["reply"].startswith("556 5.1.10")


def test_a_server_that_tlsa_records_name_gets_the_mail():
    with Authority() as ca:
        certificate = ca.certificate("other.test")
        with SmtpServer(certificate) as server, to_the_internet(ca, server.port, {
                f"_{server.port}._tcp.mx1.test": {"TLSA": [tlsa(certificate[0])], "secure": True}}) as g:
            assert g.send(CLEAN)[0] == 250
            g.wait_event("delivery.done")
            g.wait_event("tls.result", policy="tlsa", result="success")
            assert server.tls == ["TLSv1.3"]


def test_a_trust_anchor_in_a_tlsa_record_is_believed_for_the_right_name_only():
    with Authority() as ca:
        anchor = tlsa(ca.pem, usage=2, selector=0)
        for name, taken in (("mx1.test", True), ("other.test", False)):
            with SmtpServer(ca.certificate(name)) as server, to_the_internet(ca, server.port, {
                    f"_{server.port}._tcp.mx1.test": {"TLSA": [anchor], "secure": True}}) as g:
                assert g.send(CLEAN)[0] == 250
                g.wait_event("delivery.done" if taken else "delivery.deferred")
                g.wait_event("tls.result", result="success" if taken else "certificate-host-mismatch")


def test_a_server_that_tlsa_records_do_not_name_never_sees_the_mail():
    with Authority() as ca:
        right, wrong = ca.certificate("mx1.test"), ca.certificate("mx2.test")
        for server in (SmtpServer(wrong), SmtpServer()):
            with server, to_the_internet(ca, server.port, {
                    f"_{server.port}._tcp.mx1.test": {"TLSA": [tlsa(right[0])], "secure": True}}) as g:
                assert g.send(CLEAN)[0] == 250
                assert deferred(g).startswith("451 4.7.")
                assert not server.recipients()


def test_tlsa_records_that_cannot_be_looked_up_mean_later():
    with Authority() as ca, SmtpServer(ca.certificate("mx1.test")) as server, to_the_internet(ca, server.port, {
            f"_{server.port}._tcp.mx1.test": {"TLSA": "bogus"}}) as g:
        assert g.send(CLEAN)[0] == 250
        assert "TLSA records of mx1.test" in deferred(g)
        assert server.connections == 0


def test_tls_that_nobody_vouches_for_is_used_all_the_same():
    with Authority() as ca, Authority() as unknown, SmtpServer(unknown.certificate("x.test")) as server, \
            to_the_internet(ca, server.port) as g:
        assert g.send(CLEAN)[0] == 250
        g.wait_event("delivery.done")
        assert server.tls == ["TLSv1.3"]


POLICY = "version: STSv1\r\nmode: {}\r\nmx: {}\r\nmax_age: 86400\r\n"
STS = {"_mta-sts.hopital.example": {"TXT": ["v=STSv1; id=1;"]}, "mta-sts.hopital.example": {"A": ["127.0.0.1"]},
       "hopital.example": {"MX": [[10, "mx1.test"]]}}


def test_an_enforced_policy_decides_who_gets_the_mail():
    with Authority() as ca, Authority() as unknown:
        web = ca.certificate("mta-sts.hopital.example")
        for mode, mx, certificate, taken in (
                ("enforce", "*.test", ca.certificate("mx1.test"), True),
                ("enforce", "mx9.test", ca.certificate("mx1.test"), False),
                ("enforce", "mx1.test", unknown.certificate("mx1.test"), False),
                ("enforce", "mx1.test", ca.certificate("mx2.test"), False),
                ("testing", "mx9.test", unknown.certificate("mx2.test"), True)):
            with PolicyServer(web, POLICY.format(mode, mx)) as policy, SmtpServer(certificate) as server, \
                    to_the_internet(ca, server.port, STS, delivery__sts_port=policy.port) as g:
                assert g.send(CLEAN)[0] == 250
                g.wait_event("delivery.done" if taken else "delivery.deferred")
                assert policy.asked == [("mta-sts.hopital.example", "/.well-known/mta-sts.txt")]
                assert bool(server.recipients()) == taken
                good = mode == "enforce" and taken
                assert all((e["result"] == "success") == good for e in g.events("tls.result"))


def test_a_policy_from_a_server_that_is_not_the_domains_counts_for_nothing():
    with Authority() as ca, Authority() as unknown:
        web = unknown.certificate("mta-sts.hopital.example")
        with PolicyServer(web, POLICY.format("enforce", "mx9.test")) as policy, SmtpServer() as server, \
                to_the_internet(ca, server.port, STS, delivery__sts_port=policy.port) as g:
            assert g.send(CLEAN)[0] == 250
            g.wait_event("delivery.done")
            g.wait_event("tls.result", policy="sts", result="sts-webpki-invalid")
            assert not policy.asked


def test_postfix_is_verified_by_name_and_authority():
    with Authority() as ca, Authority() as unknown:
        chain, key = ca.certificate("interne.hopital.example")
        options = f"smtpd_tls_security_level = may\nsmtpd_tls_chain_files = {key}, {chain}\n"
        with Postfix(options) as postfix:
            row = f"hopital.example smtp:127.0.0.1:{postfix.port} tls=verify verify="
            with Gateway(delivery__routes=row + "interne.hopital.example", tls__ca=ca.pem) as g:
                assert g.send(CLEAN)[0] == 250
                wait_until(postfix.messages, 20, "delivery by Postfix")
            for name, roots in (("autre.hopital.example", ca), ("interne.hopital.example", unknown)):
                with Gateway(delivery__routes=row + name, tls__ca=roots.pem) as g:
                    assert g.send(CLEAN)[0] == 250
                    assert "4.7.5" in deferred(g)
                    assert g.events("tls.result")[0]["why"].startswith("TLS certificate: ")
            settle()
            assert len(postfix.messages()) == 1

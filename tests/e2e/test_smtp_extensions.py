"""What a client and a proxy may ask of reception beyond RFC 5321: CHUNKING, DSN, REQUIRETLS, XCLIENT, the PROXY
protocol, role out; and what happens to those who do not keep to the rules."""
import socket
import ssl
import time

from gateway import Gateway, free_port, wait_until
from peers import RawSmtp, settle, swaks
from samples import PARTNER, text

CLEAN = text(PARTNER, "Bonjour", "Bonjour,\n\nTout va bien.\n", 1)
ENVELOPE = b"MAIL FROM:<claire.martin@partner.example>\r\nRCPT TO:<accueil@hopital.example>\r\n"


def gateway(options="", **settings):
    port = free_port()
    return Gateway(port=port, listen__smtp=f"127.0.0.1:{port} {options}", **settings)


def test_a_message_in_chunks_arrives_byte_for_byte():
    body = CLEAN + b".\r\n..\r\nQUIT\r\n" + b"x" * 900 + b"\r\n"
    with Gateway() as g, RawSmtp(g.port) as c:
        assert b"CHUNKING" in c.hello()
        for cut in (1, len(CLEAN), len(body) - 1):
            c.send(ENVELOPE + b"BDAT %d\r\n" % cut + body[:cut] + b"BDAT %d LAST\r\n" % (len(body) - cut) + body[cut:])
            assert [c.reply()[:9] for _ in range(4)] == [b"250 2.1.0", b"250 2.1.5", b"250 2.0.0", b"250 2.0.0"]
        wait_until(lambda: len(g.maildir()) == 3, 15, "delivery")
        assert all(m.endswith(body) for m in g.maildir())


def test_the_bytes_of_a_refused_chunk_are_no_commands():
    evil = b"MAIL FROM:<evil@attacker.example>\r\nRCPT TO:<accueil@hopital.example>\r\nBDAT 3 LAST\r\nx\r\n"
    with Gateway() as g, RawSmtp(g.port) as c:
        c.hello()
        c.send(b"BDAT %d LAST\r\n" % len(evil) + evil + b"NOOP\r\n")
        assert c.reply().startswith(b"503")
        assert c.reply().startswith(b"250")
        # A message is one message, whatever looks like its end; with a bare line end it is none.
        for end in (b"\r\n.\r\n", b"\n.\n", b"\r.\r", b"\r\n\0.\r\n", b"\r\n. \r\n"):
            body = CLEAN + end + evil
            c.send(ENVELOPE + b"BDAT %d LAST\r\n" % len(body) + body)
            replies = [c.reply()[:3] for _ in range(3)]
            assert replies[:2] == [b"250", b"250"] and replies[2] in (b"250", b"550"), (end, replies)
        assert c.ask(b"NOOP").startswith(b"250")
        c.send(b"BDAT x\r\n" + evil)
        assert c.reply().startswith(b"501")
        assert c.ended()
        settle()
        assert not [e for e in g.events("message.done") if e["from"] == "evil@attacker.example"]


def test_a_message_right_behind_data_is_refused():
    with Gateway() as g, RawSmtp(g.port) as c:
        c.hello()
        c.send(ENVELOPE + b"DATA\r\n" + CLEAN + b".\r\n")
        assert [c.reply()[:3] for _ in range(3)] == [b"250", b"250", b"554"]
        assert c.ended()
        assert g.wait_event("smtp.disconnect")["ended"] == "did not wait for an answer"
        assert not g.events("message.done")


def test_dsn_parameters_are_taken_and_bad_ones_refused():
    with Gateway() as g:
        s = g.smtp()
        s.ehlo()
        assert s.has_extn("dsn") and s.esmtp_features["limits"] == "RCPTMAX=100"
        s.sendmail("claire.martin@partner.example", "accueil@hopital.example", CLEAN,
                   mail_options=["RET=HDRS", "ENVID=QQ314159"],
                   rcpt_options=["NOTIFY=SUCCESS,FAILURE", "ORCPT=rfc822;Accueil@hopital.example"])
        assert s.docmd("MAIL FROM:<a@partner.example> ENVID=a+0D+0AX: y")[0] == 501
        s.quit()
        wait_until(g.maildir, 15, "delivery")


def test_requiretls_is_offered_within_tls_only():
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    with Gateway() as g:
        s = g.smtp()
        s.ehlo()
        assert not s.has_extn("requiretls")
        assert s.docmd("MAIL FROM:<a@partner.example> REQUIRETLS")[0] == 530
        s.starttls(context=context)
        s.ehlo()
        assert s.has_extn("requiretls")
        assert s.docmd("MAIL FROM:<a@partner.example> REQUIRETLS")[0] == 250
        s.close()


def test_xclient_of_a_trusted_proxy_is_believed():
    with gateway("xclient") as g:
        status, transcript = swaks(g.port, "--xclient-addr", "192.0.2.99", "--xclient-helo", "mail.partner.example")
        assert status in (0, 26), transcript  # accepted, or judged as from there
        assert "XCLIENT NAME ADDR" in transcript
        done = g.wait_event("message.done")
        assert done["ip"] == "192.0.2.99", done
        assert g.wait_event("smtp.disconnect")["via"] == "127.0.0.1"
    with gateway("xclient", smtp__trusted="192.0.2.0/24") as g, RawSmtp(g.port) as c:
        assert b"XCLIENT" not in c.hello()
        assert c.ask(b"XCLIENT ADDR=192.0.2.99").startswith(b"502")


def test_the_proxy_header_names_the_client():
    with gateway("proxy") as g:
        for version in ("1", "2"):
            status, transcript = swaks(g.port, "--proxy-version", version, "--proxy-family", "TCP4" if version == "1" else
                                       "AF_INET", *(["--proxy-command", "PROXY", "--proxy-protocol", "STREAM"] if
                                                    version == "2" else []), "--proxy-source", "192.0.2.98",
                                       "--proxy-source-port", "4321", "--proxy-dest", "198.51.100.1", "--proxy-dest-port",
                                       "25")
            assert status in (0, 26), transcript
        wait_until(lambda: len(g.events("message.done")) == 2, 10, "two messages")
        assert [e["ip"] for e in g.events("message.done")] == ["192.0.2.98"] * 2
        with RawSmtp(g.port) as c:
            c.send(b"EHLO mail.partner.example\r\n")
            assert c.reply() == b""
        with RawSmtp(g.port) as c:  # says nothing
            began = time.monotonic()
            assert c.reply() == b"" and time.monotonic() - began < 10
        with RawSmtp(g.port) as c:
            for byte in b"PROXY UNKNOWN\r\n":
                c.send(bytes([byte]))
            assert c.hello().startswith(b"250")


def test_role_out_sends_to_anyone_for_its_clients_only():
    with Gateway(role="out", out__clients="127.0.0.0/8") as g, RawSmtp(g.port) as c:
        c.hello()
        c.send(b"MAIL FROM:<accueil@hopital.example>\r\nRCPT TO:<x@elsewhere.example>\r\n")
        assert [c.reply()[:3] for _ in range(2)] == [b"250", b"250"]
    with Gateway(role="out", out__clients="10.0.0.0/8") as g, RawSmtp(g.port) as c:
        assert c.reply().startswith(b"554 5.7.1")
        assert c.ended()


def test_clients_that_do_not_read_keep_no_thread():
    with Gateway(smtp__threads=2) as g:
        deaf = []
        for _ in range(2):
            s = socket.socket()
            s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            s.connect(("127.0.0.1", g.port))
            s.settimeout(20)
            assert s.recv(100).startswith(b"220")
            s.sendall(b"EHLO deaf.example\r\n")
            assert s.recv(1000).startswith(b"250")
            s.setblocking(False)
            deaf.append(s)
        began = time.monotonic()
        while time.monotonic() - began < 1:
            for s in deaf:
                try:
                    s.send(b"HELP\r\n" * 5000)
                except OSError:
                    pass
        wait_until(lambda: len([e for e in g.events("smtp.disconnect") if e["ended"] == "the client does not read"]) == 2,
                   15, "both to be left")
        assert time.monotonic() - began < 10
        assert g.send(CLEAN)[0] == 250
        for s in deaf:
            s.close()


def test_a_crowd_that_does_not_read_leaves_threads_for_the_others():
    with Gateway(smtp__threads=4) as g:
        deaf = []
        for _ in range(40):
            s = socket.socket()
            s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            s.connect(("127.0.0.1", g.port))
            s.settimeout(20)
            assert s.recv(100).startswith(b"220")
            s.sendall(b"EHLO deaf.example\r\n")
            assert s.recv(1000).startswith(b"250")
            s.setblocking(False)
            deaf.append(s)
        # Ten for each thread, and a thread stands still for two seconds before one of them.
        began, waited = time.monotonic(), []
        while time.monotonic() - began < 6:
            for s in deaf:
                try:
                    s.send(b"HELP\r\n" * 5000)
                except OSError:
                    pass
            with RawSmtp(g.port) as c:
                asked = time.monotonic()
                assert c.hello().startswith(b"250")
                waited.append(time.monotonic() - asked)
        assert max(waited) < 1.5, waited
        for s in deaf:
            s.close()


def test_nothing_tells_what_runs_here():
    with Gateway() as g, RawSmtp(g.port) as c:
        said = c.reply() + c.ask(b"EHLO mail.partner.example") + c.ask(b"HELP") + c.ask(b"VRFY accueil") + \
            c.ask(b"EXPN all") + c.ask(b"XYZZY") + c.ask(b"MAIL FROM:<") + c.ask(b"QUIT")
        assert b"oterne" not in said and b"/" not in said, said


def test_early_talkers_are_sent_away_or_noted():
    for talk, reply in (("reject", b"554 5.5.1"), ("log", b"220 ")):
        with gateway("proxy", smtp__early_talker=talk) as g, RawSmtp(g.port) as c:
            c.send(b"PROXY TCP4 192.0.2.98 198.51.100.1 1 25\r\nEHLO mail.partner.example\r\n")
            assert c.reply().startswith(reply)
            c.s.shutdown(socket.SHUT_WR)
            assert g.wait_event("smtp.disconnect")["early"] == 1

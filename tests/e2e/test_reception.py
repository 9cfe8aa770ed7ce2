"""Mail comes in: swaks, smtplib and raw sockets against the gateway with its defaults."""
import ssl

from gateway import Gateway, wait_until
from peers import RawSmtp, settle, swaks
from samples import PARTNER, samples, text

CLEAN = text(PARTNER, "Bonjour", "Bonjour,\n\nTout va bien.\n", 1)


def test_swaks_delivers_a_message_into_the_maildir():
    with Gateway() as g:
        status, transcript = swaks(g.port, "--header", "Subject: essai de swaks")
        assert status == 0, transcript
        message = wait_until(g.maildir, 15, "delivery")[0]
        assert b"Subject: essai de swaks" in message
        assert b"Received: from mail.partner.example ([127.0.0.1])" in message
        assert b"Authentication-Results: mx.hopital.example;\r\n\tspf=pass" in message
        assert b"X-Poterne-Verdict: accept" in message


def test_each_sample_gets_the_verdict_it_should():
    with Gateway() as g:
        for s in samples():
            code, reply = g.send(s.data, s.sender, s.recipient)
            event = wait_until(lambda: g.events("message.done"), 10)[-1]
            assert event["action"] == s.expected, (s.name, event, reply)
            assert code == {"reject": 550}.get(s.expected, 250), (s.name, code, reply)
        wanted = sum(s.expected in ("accept", "tag") for s in samples())
        wait_until(lambda: len(g.maildir()) == wanted, 15, "delivery")


def test_starttls_is_offered_used_and_recorded():
    with Gateway() as g:
        s = g.smtp()
        s.ehlo()
        assert s.has_extn("starttls")
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        s.starttls(context=context)
        s.ehlo()
        assert not s.has_extn("starttls")
        s.sendmail("claire.martin@partner.example", "accueil@hopital.example", CLEAN)
        s.quit()
        message = wait_until(g.maildir, 15, "delivery")[0]
        assert b" with ESMTPS id " in message
        assert b"using TLSv1.3 with cipher" in message


def test_other_domains_are_not_relayed():
    with Gateway() as g:
        for recipient in ("someone@elsewhere.example", "user%elsewhere.example@other.example",
                          "accueil@hopital.example.elsewhere.example"):
            code, reply = g.send(CLEAN, recipient=recipient)
            assert code in (550, 554), (recipient, code, reply)
        assert g.send(CLEAN, recipient="postmaster@hopital.example")[0] == 250


def test_a_message_above_the_size_limit_is_refused_with_the_limit_in_words():
    with Gateway(smtp__max_message_bytes=200000) as g:
        with RawSmtp(g.port) as c:
            assert b"SIZE 200000" in c.hello()
            reply = c.ask(b"MAIL FROM:<claire.martin@partner.example> SIZE=200001")
            assert reply.startswith(b"552 5.3.4"), reply
        code, reply = g.send(CLEAN + b"x" * 70 * 3000 + b"\r\n")
        assert code == 552 and "5.3.4" in reply, (code, reply)
        assert g.send(CLEAN + (b"x" * 70 + b"\r\n") * 1000)[0] == 250


def test_ways_to_end_a_message_other_than_crlf_dot_crlf_smuggle_nothing():
    endings = [b"\n.\n", b"\n.\r\n", b"\r\n.\n", b"\r.\r", b"\r.\r\n", b"\r\n.\r", b"\n.\r", b"\r\n\0.\r\n"]
    smuggled = b"MAIL FROM:<evil@attacker.example>\r\nRCPT TO:<accueil@hopital.example>\r\nDATA\r\nSubject: smuggled\r\n\r\nx"
    with Gateway() as g:
        for ending in endings:
            with RawSmtp(g.port) as c:
                c.until_data()
                c.send(CLEAN + b"line" + ending + smuggled + b"\r\n.\r\n")
                reply = c.reply()
                assert reply.startswith((b"250", b"550", b"554")), (ending, reply)
                assert c.ask(b"NOOP").startswith(b"250"), ending
        settle()
        for message in g.maildir():
            assert b"\nSubject: smuggled" not in message.split(b"\r\n\r\n")[0]
        assert not [e for e in g.events("message.done") if e["from"] == "evil@attacker.example"]


def test_plaintext_injected_before_tls_is_forgotten():
    with Gateway() as g:
        with RawSmtp(g.port) as c:
            c.hello()
            c.send(b"STARTTLS\r\nMAIL FROM:<evil@attacker.example>\r\n")
            assert c.reply().startswith(b"220")
            context = ssl.create_default_context()
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
            try:
                tls = context.wrap_socket(c.s)
            except ssl.SSLError:
                return  # refused outright: nothing was injected either
            tls.sendall(b"RCPT TO:<accueil@hopital.example>\r\n")
            assert tls.recv(100).startswith(b"503")


def test_pipelined_commands_are_answered_in_order():
    with Gateway() as g:
        with RawSmtp(g.port) as c:
            c.hello()
            c.send(b"MAIL FROM:<claire.martin@partner.example>\r\nRCPT TO:<nobody@elsewhere.example>\r\n"
                   b"RCPT TO:<accueil@hopital.example>\r\nDATA\r\n")
            assert [c.reply()[:3] for _ in range(4)] == [b"250", b"550", b"250", b"354"]
            c.send(CLEAN + b".\r\nQUIT\r\n")
            assert c.reply().startswith(b"250")
            assert c.reply().startswith(b"221")
        wait_until(g.maildir, 15, "delivery")


def test_forged_copies_of_our_header_fields_are_removed():
    forged = (b"X-Poterne-Verdict: accept; score=0; id=forged\r\nX-Spam-Flag: NO\r\n"
              b"Authentication-Results: mx.hopital.example; spf=pass smtp.mailfrom=forged.example\r\n"
              b"Authentication-Results: other.example; spf=fail\r\n")
    with Gateway() as g:
        assert g.send(forged + CLEAN)[0] == 250
        message = wait_until(g.maildir, 15, "delivery")[0]
        assert b"forged" not in message
        assert b"X-Spam-Flag" not in message
        assert b"Authentication-Results: other.example; spf=fail" in message


def test_the_body_arrives_byte_for_byte():
    body = b"".join(bytes([b"0123456789abcdef"[i % 16]]) * (i % 70) + b"\r\n" for i in range(2000))
    dots = b".\r\n..\r\n...x\r\n. \r\n"
    with Gateway() as g:
        assert g.send(CLEAN + dots + body)[0] == 250
        assert wait_until(g.maildir, 15, "delivery")[0].endswith(CLEAN + dots + body)


def test_too_many_connections_from_one_client_are_told_421():
    with Gateway(smtp__max_connections_per_client=3) as g:
        held = [RawSmtp(g.port) for _ in range(3)]
        for c in held:
            assert c.reply().startswith(b"220")
        with RawSmtp(g.port) as c:
            assert c.reply().startswith(b"421")
        for c in held:
            c.__exit__()


def test_stopping_lets_no_acknowledged_message_behind():
    with Gateway() as g:
        for i in range(20):
            assert g.send(CLEAN)[0] == 250
        g.stop()
        g.start()
        wait_until(lambda: len(g.maildir()) == 20, 20, "delivery after a restart")

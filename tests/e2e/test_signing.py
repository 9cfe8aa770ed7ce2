"""What leaves is signed, what is delivered is sealed, and verifiers of others agree."""
import json
import os
import re
import signal
import subprocess
import tempfile

from gateway import ZONES, Gateway, wait_until
from samples import PARTNER, text

OURS = "Accueil <accueil@hopital.example>"
SENDER, STRANGER = "accueil@hopital.example", "jean@partner.example"

# The verifiers of python3-dkim, with a zone file as their DNS. Debian's interpreter has them.
VERIFY = """
import dkim, json, sys
zone = json.load(open(sys.argv[2]))
def txt(name, timeout=5):
    name = name.decode() if isinstance(name, bytes) else name
    records = zone.get(name.rstrip("."), {}).get("TXT")
    return records[0].encode() if records else None
message = sys.stdin.buffer.read()
if sys.argv[1] == "arc":
    cv, sets, why = dkim.arc_verify(message, dnsfunc=txt)
    print(json.dumps([cv.decode() if cv else "none", len(sets or []), str(why)]))
else:
    d = dkim.DKIM(message)
    n = len([h for h in d.headers if h[0].lower() == b"dkim-signature"])
    print(json.dumps([d.verify(i, dnsfunc=txt) for i in range(n)]))
"""


def make_key(g, folder, domain, selector, kind="rsa"):
    """(row of dkim.keys, name of its record, the record)"""
    path = os.path.join(folder, f"{domain}-{selector}.pem")
    made = g.cli("key", "new", "--type", kind, "--file", path, check=0).stdout
    assert os.stat(path).st_mode & 0o777 == 0o400
    assert g.cli("key", "record", path, check=0).stdout == made
    return f"{domain} {selector} {path}", f"{selector}._domainkey.{domain}", made.strip()


def write_zone(folder, *keys):
    zone = json.load(open(ZONES))
    zone["hopital.example"]["TXT"] = ["v=spf1 ip4:127.0.0.1 -all"]
    zone.update({name: {"TXT": [record]} for _, name, record in keys})
    path = os.path.join(folder, "zone.json")
    with open(path, "w") as f:
        json.dump(zone, f)
    os.chmod(folder, 0o755)
    return path


def verify(what, message, zone):
    r = subprocess.run(["/usr/bin/python3", "-c", VERIFY, what, zone], input=message, capture_output=True)
    assert r.returncode == 0, r.stderr.decode()
    return json.loads(r.stdout)


def delivered(g, n=1):
    return wait_until(lambda: len(g.maildir()) >= n and g.maildir(), 20, f"{n} messages")


def signing_gateway(folder, **settings):
    tool = Gateway()
    keys = [make_key(tool, folder, "hopital.example", "s1"),
            make_key(tool, folder, "hopital.example", "ed", "ed25519"),
            make_key(tool, folder, "mx.hopital.example", "s1")]
    tool.remove()
    zone = write_zone(folder, *keys)
    rows = ",".join(k[0] for k in keys)
    return Gateway(role="out", out__clients="127.0.0.0/8", dns__file=zone, dkim__keys=rows, **settings), zone


def test_mail_that_leaves_is_signed_by_every_key_of_its_author():
    with tempfile.TemporaryDirectory() as folder:
        gateway, zone = signing_gateway(folder)
        with gateway as g:
            inside = (b"Received: from pc-compta (10.1.2.3) by exch.hopital.local; Mon, 1 Jun 2026 10:00:00 +0000\r\n"
                      b"X-Mailer: Outlook 16\r\nX-Originating-IP: [10.1.2.3]\r\n")
            mail = text(OURS, "Convocation", "Bonjour,\n\n  à demain.  \n\n\n", 1)
            mail = inside + (mail if isinstance(mail, bytes) else mail.encode())
            assert g.send(mail, SENDER, STRANGER)[0] == 250
            message = delivered(g)[0]
            for leak in (b"10.1.2.3", b"hopital.local", b"Outlook", b"X-Poterne", b"127.0.0.1", b"Authentication-Results"):
                assert leak not in message, (leak, message)
            assert message.count(b"Received: from localhost") == 2, message
            assert message.count(b"DKIM-Signature:") == 2, message
            assert verify("dkim", message, zone) == [True, True], message.decode()
            assert verify("dkim", message.replace(b"Convocation", b"Facture"), zone) == [False, False]
            assert verify("dkim", b"From: autre@evil.example\r\n" + message, zone) == [False, False]
            # Nobody else's mail is signed in our name.
            assert g.send(text(PARTNER, "Bonjour", "Bonjour.\n", 2), "claire@partner.example", STRANGER)[0] == 250
            assert sum(b"DKIM-Signature:" in m for m in delivered(g, 2)) == 1


def test_notifications_of_ours_are_signed():
    with tempfile.TemporaryDirectory() as folder:
        gateway, zone = signing_gateway(folder, spool=True, delivery__routes="nowhere.example reject")
        with gateway as g:
            assert g.send(text(OURS, "Bonjour", "Bonjour.\n", 1), SENDER, "x@nowhere.example")[0] == 250
            message = delivered(g)[0]
            assert b"multipart/report" in message
            assert verify("dkim", message, zone) == [True], message.decode()


def test_without_the_signer_nothing_leaves_unsigned():
    with tempfile.TemporaryDirectory() as folder:
        gateway, zone = signing_gateway(folder)
        with gateway as g:
            pid = g.freeze("keys")[0]
            code, reply = g.send(text(OURS, "Bonjour", "Bonjour.\n", 1), SENDER, STRANGER)
            assert code == 451 and not g.maildir(), (code, reply)
            os.kill(pid, signal.SIGKILL)
            wait_until(lambda: g.pids().get("keys", [pid]) != [pid], 20, "another poterne-keys")
            wait_until(lambda: g.send(text(OURS, "Bonjour", "Bonjour.\n", 2), SENDER, STRANGER)[0] == 250, 20, "a signer")
            assert verify("dkim", delivered(g)[0], zone) == [True, True]


def test_a_reload_turns_the_selectors_and_a_bad_key_changes_nothing():
    with tempfile.TemporaryDirectory() as folder:
        tool = Gateway()
        old, new = (make_key(tool, folder, "hopital.example", s) for s in ("old", "new"))
        tool.remove()
        zone = write_zone(folder, old, new)
        config = os.path.join(folder, "poterne.yaml")

        def write(*rows):
            with open(config, "w") as f:
                f.write("dkim:\n  keys:\n" + "".join(f"    - {row}\n" for row in rows))

        def sign(g, number):
            assert g.send(text(OURS, "Bonjour", "Bonjour.\n", number), SENDER, STRANGER)[0] == 250
            m = [m for m in delivered(g, number) if f"sample-{number}@".encode() in m][0]
            assert verify("dkim", m, zone) == [True], m.decode()
            return re.search(rb"DKIM-Signature:.*?\ts=(\w+);", m, re.S).group(1)

        write(old[0], new[0] + " published")
        with Gateway(config=config, role="out", out__clients="127.0.0.0/8", dns__file=zone) as g:
            assert sign(g, 1) == b"old"
            write(old[0] + " published", new[0])
            g.signal(signal.SIGHUP)
            g.wait_event("reload.rules")
            assert sign(g, 2) == b"new"
            bad = os.path.join(folder, "bad.pem")
            with open(bad, "w") as f:
                f.write("-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\n")
            for mode, words in ((0o600, "poterne key check says no"), (0o644, "others may read this private key")):
                os.chmod(bad, mode)
                write(f"hopital.example bad {bad}")
                before = len(g.events("reload.refused"))
                g.signal(signal.SIGHUP)
                wait_until(lambda: len(g.events("reload.refused")) > before, 20, "a refusal")
                assert words in g.events("reload.refused")[-1]["why"] or mode == 0o600, g.events("reload.refused")
            os.unlink(bad)
            os.mkfifo(bad, 0o600)  # nobody writes into it: whoever waits for that waits for ever
            g.signal(signal.SIGHUP)
            wait_until(lambda: "expected a file" in g.events("reload.refused")[-1]["why"], 20, "a refusal")
            assert sign(g, 3) == b"new"
            assert "PRIVATE" not in g.raw_log().replace("private key in PEM", "")


def test_what_is_delivered_is_sealed_and_a_chain_goes_on():
    with tempfile.TemporaryDirectory() as folder:
        tool = Gateway()
        key = make_key(tool, folder, "hopital.example", "arc")
        tool.remove()
        zone = write_zone(folder, key)
        with Gateway(dns__file=zone, dkim__keys=key[0], arc__seal="hopital.example arc",
                     arc__trusted="hopital.example") as g:
            assert g.send(text(PARTNER, "Bonjour", "Bonjour,\n\nUne ligne.\n", 1))[0] == 250
            first = delivered(g)[0]
            assert verify("arc", first, zone)[:2] == ["pass", 1], first.decode()
            assert b"ARC-Authentication-Results: i=1; mx.hopital.example" in first
            # It comes again, as by a forwarder: the second set continues the first.
            again = first[first.index(b"ARC-Seal:"):]
            assert g.send(again)[0] == 250
            second = [m for m in delivered(g, 2) if b"i=2;" in m][0]
            assert verify("arc", second, zone)[:2] == ["pass", 2], second.decode()
            assert b"arc=pass" in second
            assert "ARC_SIGNED" in json.dumps(g.events("message.done")), g.events("message.done")
            # Who touched it on the way is found out, and the seal says so.
            assert g.send(again.replace(b"Une ligne", b"Deux lignes"))[0] == 250
            third = [m for m in delivered(g, 3) if b"Deux lignes" in m][0]
            assert b"cv=fail" in third and verify("arc", third, zone)[0] != "pass"


def test_mail_is_delivered_without_a_seal_when_nobody_can_sign():
    with tempfile.TemporaryDirectory() as folder:
        tool = Gateway()
        key = make_key(tool, folder, "hopital.example", "arc")
        tool.remove()
        with Gateway(dns__file=write_zone(folder, key), dkim__keys=key[0], arc__seal="hopital.example arc") as g:
            g.freeze("keys")
            assert g.send(text(PARTNER, "Bonjour", "Bonjour.\n", 1))[0] == 250
            g.wait_event("arc.not_sealed")
            assert b"ARC-Seal" not in delivered(g)[0]
            os.kill(g.pids()["keys"][0], signal.SIGKILL)


def test_the_process_with_the_keys_can_do_nothing_else():
    with Gateway() as g:
        pid = g.pids()["keys"][0]
        status = dict(line.split(":\t", 1) for line in open(f"/proc/{pid}/status").read().splitlines() if ":\t" in line)
        assert status["Seccomp"] == "2" and status["NoNewPrivs"] == "1", status
        assert int(status["CapEff"], 16) == 0 and int(status["CapPrm"], 16) == 0, status
        if os.geteuid() == 0:
            assert "0" not in status["Uid"].split(), status
        opened = [os.readlink(f"/proc/{pid}/fd/{n}") for n in os.listdir(f"/proc/{pid}/fd")]
        families = {line.split()[6]: line.split()[4] for line in open(f"/proc/{pid}/net/unix").read().splitlines()[1:]}
        for name in opened:
            inode = re.match(r"socket:\[(\d+)\]", name)
            # SOCK_SEQPACKET pairs of ours; nothing that leads to the network, and no key on disk.
            assert (inode and families.get(inode.group(1)) == "0005") or not inode, name
            assert not name.endswith(".pem") and "memfd:keys" not in name, name

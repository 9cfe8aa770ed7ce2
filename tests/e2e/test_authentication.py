"""What SPF, DKIM and DMARC find about a sender is delivered with the message, whoever signed it."""
import json
import os
import subprocess
import tempfile

from gateway import Gateway, wait_until
from samples import PARTNER, text

KEY_BITS = "2048"
# The signer of python3-dkim; Debian's interpreter has it.
SIGN = """
import dkim, sys
message = sys.stdin.buffer.read()
sys.stdout.buffer.write(dkim.sign(message, b"s", b"partner.example", open(sys.argv[1], "rb").read()) + message)
"""
MAIL = text(PARTNER, "Bonjour", "Bonjour,\n\nTout va bien.\n", 1)


def make_key(folder):
    path = os.path.join(folder, "key.pem")
    subprocess.run(["openssl", "genrsa", "-out", path, KEY_BITS], check=True, capture_output=True)
    public = subprocess.run(["openssl", "rsa", "-in", path, "-pubout"], check=True, capture_output=True, text=True).stdout
    return path, "".join(line for line in public.splitlines() if "-" not in line)


def write_zone(folder, public, spf, policy):
    path = os.path.join(folder, "zone.json")
    with open(path, "w", encoding="utf-8") as f:
        json.dump({"partner.example": {"TXT": ["v=spf1 " + spf], "A": ["192.0.2.1"]},
                   "s._domainkey.partner.example": {"TXT": [["v=DKIM1; p=", public]]},
                   "_dmarc.partner.example": {"TXT": policy}}, f)
    os.chmod(folder, 0o755)
    return path


def results_of(message):
    """The Authentication-Results of ours, unfolded."""
    lines = message.decode("latin-1").split("\r\n")
    at = [i for i, line in enumerate(lines) if line.startswith("Authentication-Results: mx.hopital.example;")]
    assert len(at) == 1, message
    value = [lines[at[0]]]
    for line in lines[at[0] + 1:]:
        if not line.startswith(("\t", " ")):
            break
        assert len(line) < 998
        value.append(line.strip())
    return " ".join(value)


def deliver(spf, policy, sign):
    with tempfile.TemporaryDirectory() as folder:
        private, public = make_key(folder)
        mail = MAIL
        if sign:
            mail = subprocess.run(["/usr/bin/python3", "-c", SIGN, private], input=MAIL, check=True,
                                  capture_output=True).stdout
        with Gateway(dns__file=write_zone(folder, public, spf, policy)) as g:
            assert g.send(mail)[0] == 250
            return results_of(wait_until(g.maildir, 15, "delivery")[0])


def test_a_signature_of_the_author_passes_though_spf_fails():
    found = deliver("-all", ["v=DMARC1; p=reject"], sign=True)
    assert "spf=fail" in found and "dkim=pass header.d=partner.example" in found, found
    assert "dmarc=pass header.from=partner.example policy.dmarc=reject" in found, found


def test_an_unsigned_message_fails_and_what_the_author_asks_for_is_said():
    found = deliver("?all", ["v=DMARC1; p=none"], sign=False)
    assert "dkim=none" in found and "dmarc=fail" in found and "policy.dmarc=none" in found, found


def test_a_policy_that_the_dns_does_not_give_is_no_verdict():
    found = deliver("?all", "servfail", sign=True)
    assert "dkim=pass" in found and "dmarc=temperror" in found, found

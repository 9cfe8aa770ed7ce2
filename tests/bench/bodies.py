"""Messages as a hospital gets them, of a given size on the wire: French and English text,
from 32 KB on with an HTML alternative and a scanned page as PDF. Random, but the same for
the same number. MARK stands in several places; a sender puts 16 other characters there, so
that no two messages are equal.
"""
import base64
import quopri
import random

MARK = b"BENCHMARKPLACE00"  # legal within base64
SENDER, RECIPIENT, DOMAIN = "claire.martin", "accueil@hopital.example", "partner.example"

FRENCH = """bonjour merci pour votre retour veuillez trouver ci-joint le compte rendu de la réunion
du comité médical mardi prochain les plannings de garde seront transmis au secrétariat avant la
fin de semaine patient consultation dossier service urgences radiologie commande fournisseur
facture marché public mairie école crèche élus délibération séance conseil municipal travaux
équipe déjà très bientôt après hôpital à la le les de des du un une et est pour dans par sur avec
vous nous il elle ce qui que ne pas plus au aux se si tout bien fait mois jour heure service lundi
la le les de des du un une et est pour dans par sur avec vous nous qui que ne pas plus""".split()
ENGLISH = """hello thank you for your answer please find attached the minutes of our last meeting the
schedule for december has been updated and the room is confirmed by the office regards project
invoice order delivery supplier contract renewal support ticket account report quarter budget
training session registration travel agenda question deadline wednesday morning could you send
the signed form before friday we will call the laboratory about those results kind""".split()


def paragraph(rng, n):
    sentences = []
    while n > 0:
        words = rng.choices(rng.choice((FRENCH, FRENCH, ENGLISH)), k=rng.randint(6, 16))
        sentences.append(" ".join(words).capitalize() + rng.choice((".", ".", ",", " ?", " !")))
        n -= len(sentences[-1])
    return " ".join(sentences)


def prose(rng, size):
    """Paragraphs, about size bytes once encoded, with an address of the web now and then."""
    parts = [f"Bonjour,\n\nRéférence {MARK.decode()}"]
    while size > 150:
        new = paragraph(rng, min(size - 100, rng.randint(100, 500)))
        if rng.random() < 0.2:
            new += f"\n\nhttps://www.{DOMAIN}/dossiers/{rng.randint(1000, 99999)}/suivi?langue=fr"
        parts.append(new)
        size -= 4 + len(quopri.encodestring(new.encode()))
    return "\n\n".join(parts + ["Bien cordialement,\nClaire Martin\n"])


def html(text):
    body = "".join(f"<p style=\"margin:0 0 1em\">{p}</p>\n" for p in text.split("\n\n"))
    return (f"<html><head><meta charset=\"utf-8\"><title>Message</title></head><body>\n{body}"
            f"<a href=\"https://www.{DOMAIN}/\">{DOMAIN}</a></body></html>\n")


def pdf(rng, size):
    """One page with one grey picture of random points: valid whatever the points are."""
    width = 256
    height = max(1, (size - 700) // width)
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
               b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
               b"/Resources << /XObject << /I 5 0 R >> >> >>",
               b"<< /Length 28 >>\nstream\nq 595 0 0 842 0 0 cm /I Do Q\nendstream",
               b"<< /Type /XObject /Subtype /Image /Width %d /Height %d /ColorSpace /DeviceGray /BitsPerComponent 8 "
               b"/Length %d >>\nstream\n%s\nendstream" % (width, height, width * height,
                                                         rng.randbytes(width * height))]
    out, places = bytearray(b"%PDF-1.4\n"), []
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % p for p in places)
    return bytes(out) + b"xref\n0 6\n0000000000 65535 f \n" + table + (
        b"trailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % len(out))


def part(content_type, encoding, content, extra=""):
    return (f"Content-Type: {content_type}\nContent-Transfer-Encoding: {encoding}\n{extra}\n").encode() + content


def text_part(kind, text):
    return part(f"text/{kind}; charset=\"utf-8\"", "quoted-printable", quopri.encodestring(text.encode()))


def multipart(kind, boundary, parts):
    inside = b"".join(b"--%s\n%s\n" % (boundary.encode(), p) for p in parts)
    return (f"Content-Type: multipart/{kind}; boundary=\"{boundary}\"\n\n").encode() + \
        inside + b"--%s--\n" % boundary.encode()


def attached(rng, size):
    lines = base64.encodebytes(pdf(rng, size * 57 // 78)).split(b"\n")
    middle = len(lines) // 2
    lines[middle] = MARK + lines[middle][len(MARK):]
    return part("application/pdf; name=\"scan.pdf\"", "base64", b"\n".join(lines),
                "Content-Disposition: attachment; filename=\"scan.pdf\"\n")


def entity(rng, size):
    if size < 32768:
        return text_part("plain", prose(rng, size - 750))
    text = prose(rng, 4000)
    both = multipart("alternative", "=_texts", [text_part("plain", text), text_part("html", html(text))])
    return multipart("mixed", "=_all", [both, attached(rng, size - len(both) - 900)])


def message(size, number):
    """The message as DATA carries it: CRLF, dots doubled, the final dot."""
    rng = random.Random(f"{size} {number}")
    head = (f"From: Docteur Claire Martin <{SENDER}@{DOMAIN}>\nTo: <{RECIPIENT}>\n"
            f"Subject: Compte rendu {MARK.decode()} {' '.join(rng.choices(ENGLISH, k=4))}\n"
            f"Date: Sat, 21 Nov 2026 10:00:00 +0100\nMessage-ID: <{MARK.decode()}@mail.{DOMAIN}>\n"
            "MIME-Version: 1.0\n").encode()
    data = (head + entity(rng, size)).replace(b"\n", b"\r\n").replace(b"\r\n.", b"\r\n..")
    return data + b".\r\n"

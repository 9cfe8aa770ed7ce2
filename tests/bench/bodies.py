"""Messages as a hospital gets them. message(): of a given size on the wire, French and English
text, from 32 KB on with an HTML alternative and a scanned page as PDF. mixed(): sizes and
kinds as in a mailbox (QUANTILES), texts alone, with HTML, with attachments. Random, but the
same for the same number. MARK stands in several places, in each attachment too; a sender
puts 16 other characters there, so that no two messages are equal.
"""
import base64
import math
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


JUNK = """winner lottery prize claim congratulations selected dollars million transfer inheritance
widow barrister fund beneficiary viagra pills pharmacy discount cheap replica watches luxury casino
bonus jackpot crypto bitcoin double invest guaranteed income risk free urgent limited offer click
here unsubscribe weight loss miracle hot singles loan credit approved refinance debt gagnez gratuit
cadeau héritage loterie félicitations argent facile rencontre crédit immédiat promotion offre""".split()

# Sizes of a mailbox: so many bytes or less has this share of the messages; between two of
# them all orders of magnitude are equally frequent. The mean is 34 KB.
QUANTILES = ((0, 1000), (0.1, 2200), (0.5, 8000), (0.9, 50000), (0.99, 490000), (1, 690000))
MIX = 233  # different messages of a mix; any run of successive ones has about its quantiles
GOLDEN = (math.sqrt(5) - 1) / 2


def paragraph(rng, n, languages=(FRENCH, FRENCH, ENGLISH)):
    sentences = []
    while n > 0:
        words = rng.choices(rng.choice(languages), k=rng.randint(6, 16))
        sentences.append(" ".join(words).capitalize() + rng.choice((".", ".", ",", " ?", " !")))
        n -= len(sentences[-1])
    return " ".join(sentences)


def prose(rng, size, languages=(FRENCH, FRENCH, ENGLISH)):
    """Paragraphs, about size bytes once encoded, with an address of the web now and then."""
    parts = [f"Bonjour,\n\nRéférence {MARK.decode()}"]
    while size > 150:
        new = paragraph(rng, min(size - 100, rng.randint(100, 500)), languages)
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


def with_html(rng, size, languages):
    """The same text twice, as most programs send it; size is that of both."""
    text = prose(rng, size * 45 // 100, languages)
    return multipart("alternative", "=_texts", [text_part("plain", text), text_part("html", html(text))])


def table(rng, size):
    """A sheet as CSV in base64."""
    lines, size = [f"reference;date;montant;service {MARK.decode()}"], size * 57 // 78
    while size > 0:
        lines.append(f"{rng.randint(100000, 999999)};2026-{rng.randint(1, 12):02d}-{rng.randint(1, 28):02d};"
                     f"{rng.randint(1, 99999) / 100:.2f};{' '.join(rng.choices(FRENCH, k=3))}")
        size -= len(lines[-1].encode()) + 2
    return part("text/csv; charset=\"utf-8\"; name=\"commandes.csv\"", "base64",
                base64.encodebytes("\r\n".join(lines).encode()),
                "Content-Disposition: attachment; filename=\"commandes.csv\"\n")


def mixed_entity(rng, size):
    """Small ones are mostly text alone, from 30 KB on nearly all have something attached."""
    languages = rng.choice(((FRENCH,), (FRENCH,), (ENGLISH,)))
    attachments = 0 if size < 6000 else 0.35 if size < 30000 else 0.9
    if rng.random() < attachments:
        text = with_html(rng, min(8000, size // 3), languages)
        attachment = table if size < 100000 and rng.random() < 0.3 else attached
        return multipart("mixed", "=_all", [text, attachment(rng, size - len(text) - 900)])
    if rng.random() < (0.25 if size < 4000 else 0.8) and size > 2000:
        return with_html(rng, size - 700, languages)
    return text_part("plain", prose(rng, size - 500, languages))


def complete(rng, make):
    """The message as DATA carries it: CRLF, dots doubled, the final dot."""
    head = (f"From: Docteur Claire Martin <{SENDER}@{DOMAIN}>\nTo: <{RECIPIENT}>\n"
            f"Subject: Compte rendu {MARK.decode()} {' '.join(rng.choices(ENGLISH, k=4))}\n"
            f"Date: Sat, 21 Nov 2026 10:00:00 +0100\nMessage-ID: <{MARK.decode()}@mail.{DOMAIN}>\n"
            "MIME-Version: 1.0\n").encode()
    data = (head + make(rng)).replace(b"\n", b"\r\n").replace(b"\r\n.", b"\r\n..")
    return data + b".\r\n"


def message(size, number):
    return complete(random.Random(f"{size} {number}"), lambda rng: entity(rng, size))


def mixed_size(number):
    """The sizes of a mix, in an order that is even from its beginning on."""
    share = (0.5 + number * GOLDEN) % 1
    for (low, a), (high, b) in zip(QUANTILES, QUANTILES[1:]):
        if share <= high:
            return int(a * (b / a) ** ((share - low) / (high - low)))
    return QUANTILES[-1][1]


def mixed(number):
    return complete(random.Random(f"mix {number}"), lambda rng: mixed_entity(rng, mixed_size(number)))


def junk(number):
    """Unwanted mail of 2 to 4 KB, to teach from."""
    rng = random.Random(f"junk {number}")
    return complete(rng, lambda rng: text_part("plain", prose(rng, rng.randint(2000, 4000), (JUNK,))))


def templates(size):
    """Messages to be sent one after the other, again and again; size is in bytes or "mix"."""
    if size == "mix":
        return [mixed(n) for n in range(MIX)]
    return [message(size, n) for n in range(max(2, min(16, (1 << 20) // size)))]

"""The sample messages of "make run" and of the end-to-end tests: a dozen situations that
a gateway meets. Nothing that a virus scanner would flag stands here in clear: the test
signatures are assembled when the messages are made.

samples() -> list of Sample(name, what, client, helo, sender, recipient, data, expected).
"""
import base64
import io
import zipfile
from collections import namedtuple

Sample = namedtuple("Sample", "name what sender recipient data expected")

EICAR = "X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + "EICAR-STANDARD-ANTIVIRUS-" + "TEST-FILE!$H+H*"
GTUBE = "XJS*C4JDBQADN1.NSBN3*2IDNEN*" + "GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*" + "C.34X"
US = "accueil@hopital.example"


def headers(sender, subject, extra="", number=1, to=US):
    return (f"From: {sender}\r\nTo: {to}\r\nSubject: {subject}\r\n"
            f"Date: Sat, 21 Nov 2026 10:{number:02d}:00 +0100\r\n"
            f"Message-ID: <sample-{number}@mail.partner.example>\r\nMIME-Version: 1.0\r\n{extra}")


def text(sender, subject, body, number, extra=""):
    return (headers(sender, subject, extra + 'Content-Type: text/plain; charset="utf-8"\r\n'
                    "Content-Transfer-Encoding: 8bit\r\n", number) + "\r\n" + body.replace("\n", "\r\n")).encode()


def mixed(sender, subject, body, number, filename, content, declared="application/octet-stream"):
    encoded = base64.encodebytes(content).decode().replace("\n", "\r\n")
    return (headers(sender, subject, 'Content-Type: multipart/mixed; boundary="=_piece_jointe"\r\n', number) +
            '\r\n--=_piece_jointe\r\nContent-Type: text/plain; charset="utf-8"\r\n\r\n' + body.replace("\n", "\r\n") +
            f'\r\n--=_piece_jointe\r\nContent-Type: {declared}; name="{filename}"\r\n'
            f'Content-Disposition: attachment; filename="{filename}"\r\nContent-Transfer-Encoding: base64\r\n\r\n'
            + encoded + "--=_piece_jointe--\r\n").encode()


def zipped(name, content):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
        z.writestr(name, content)
    return out.getvalue()


PARTNER = "Docteur Claire Martin <claire.martin@partner.example>"
FRENCH = """Bonjour,

Vous trouverez ci-dessous l'ordre du jour de la réunion du comité de mardi prochain :
relecture du compte rendu, calendrier des gardes de décembre, questions diverses.

Bien cordialement,
Claire Martin
"""
ENGLISH = """Hello,

Thank you for the minutes of our last meeting. The updated schedule for December suits us;
could you please confirm the room by Wednesday?

Kind regards,
Claire Martin
"""
NEWS = """La lettre d'information du réseau des bibliothèques - novembre 2026

Au programme ce mois-ci : une exposition sur l'histoire de la médecine, deux conférences,
et les nouveaux horaires d'hiver.

Pour ne plus recevoir cette lettre, utilisez le lien de désabonnement.
"""


def samples():
    """In the order in which make run sends them."""
    newsletter = text("La lettre <lettre@newsletter.example>", "Lettre de novembre", NEWS, 3,
                      "List-Unsubscribe: <https://newsletter.example/u>\r\nList-Id: <lettre.newsletter.example>\r\n"
                      "Precedence: bulk\r\n")
    pe = b"MZ" + b"\0" * 58 + b"\x80\0\0\0" + b"\0" * 64 + b"PE\0\0" + b"\0" * 900
    pdf = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Count 0/Kids[]>>endobj\n" \
          b"trailer<</Root 1 0 R>>\n%%EOF\n"
    spoof = text('"Direction accueil@hopital.example" <directeur.urgent@fai.example>', "Dossier à traiter",
                 "Bonjour,\n\nÊtes-vous disponible ? Répondez-moi dès que possible.\n\nLa direction\n", 8)
    broken = (headers(PARTNER, "Structure cassée",
                      'Content-Type: multipart/mixed; boundary="une"\r\nContent-Type: multipart/mixed; '
                      'boundary="deux"\r\n', 10) +
              "\r\n--une\r\nContent-Type: text/plain\r\n\r\nBonjour\r\n--deux\r\n"
              "Content-Type: application/octet-stream; name=\"x.bin\"\r\nContent-Transfer-Encoding: base64\r\n\r\n"
              "AAAA\r\n").encode()
    s = "claire.martin@partner.example"
    return [
        Sample("clean-french", "ordinary French mail", s, US, text(PARTNER, "Réunion de mardi", FRENCH, 1), "accept"),
        Sample("clean-english", "ordinary English mail", s, US, text(PARTNER, "December schedule", ENGLISH, 2),
               "accept"),
        Sample("newsletter", "a newsletter one subscribed to", "lettre@newsletter.example", US, newsletter, "accept"),
        Sample("pdf", "an ordinary PDF attached", s, US,
               mixed(PARTNER, "Compte rendu", "Ci-joint le compte rendu.\n", 4, "compte-rendu.pdf", pdf,
                     "application/pdf"), "accept"),
        Sample("eicar", "the antivirus test file in a zip", s, US,
               mixed(PARTNER, "Facture", "Ci-joint la facture.\n", 5, "facture.zip",
                     zipped("facture.txt", EICAR), "application/zip"), "reject"),
        Sample("gtube", "the antispam test line", s, US, text(PARTNER, "Essai", f"Essai :\n{GTUBE}\n", 6), "reject"),
        Sample("forbidden-attachment", "a screen saver attached", s, US,
               mixed(PARTNER, "Photos", "Les photos de la fête.\n", 7, "photos.scr", pe), "reject"),
        Sample("display-spoof", "our address in a stranger's display name", "directeur.urgent@fai.example", US, spoof,
               "quarantine"),
        Sample("spf-fail", "a bank's name from an address it does not allow", "service@bank.example", US,
               text("Service client <service@bank.example>", "Votre compte",
                    "Bonjour,\n\nMerci de vérifier votre compte.\n", 9), "reject"),
        Sample("broken-mime", "two boundaries: two readers see two messages", s, US, broken, "quarantine"),
        Sample("suspicious", "spam-like, from a domain that does not expect this address",
               "concours@softfail.example", US,
               text("Concours <concours@softfail.example>", "Votre lot",
                    "Bonjour,\n\nVous avez gagné un téléphone. À très bientôt.\n", 13), "tag"),
        Sample("own-domain", "a stranger who writes in our own name", "direction@hopital.example", US,
               text("Direction <direction@hopital.example>", "Virement",
                    "Bonjour,\n\nMerci de faire ce virement aujourd'hui.\n", 11), "reject"),
        Sample("program-in-zip", "a program with a document's name in a zip", s, US,
               mixed(PARTNER, "Bon de commande", "Voir le bon de commande.\n", 12, "commande.zip",
                     zipped("commande.pdf", pe), "application/zip"), "reject"),
    ]

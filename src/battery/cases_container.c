/* T147, T166, T172 to T174: messages in messages, and what exhausts a reader. */
#include "battery/fixture.h"

#include <zlib.h>

#define QUAR_OR_REJECT (BATTERY_QUARANTINE | BATTERY_REJECT)
#define FLAG_OR_MORE (BATTERY_FLAG | QUAR_OR_REJECT)
#define ANY (BATTERY_ACCEPT | BATTERY_FLAG | QUAR_OR_REJECT)
#define OCTETS "application/octet-stream"

static str message_with_program(struct kit *k, bool bare)
{
	struct kit_mail m = kit_mail(k);

	if (bare) {
		m.date = m.message_id = m.received = STR_NULL;
		m.subject = STR("SEND EXE");
	}
	kit_attach(k, &m, OCTETS, "setup.exe", fixture_pe(k));
	return kit_bytes(k, &m);
}

static void send_part(struct kit *k, const char *variant, str part)
{
	struct kit_mail m = kit_mail(k);

	*arena_push(k->arena, &m.parts) = part;
	kit_send(k, variant, &m);
}

static str plain_part(struct kit *k, str fields, str text)
{
	const str pieces[] = { fields, STR("\r\n"), text };

	return kit_join(k, pieces, ARRAY_LEN(pieces));
}

static void attached_message(struct kit *k)
{
	str inner = message_with_program(k, false);
	const str behind[] = {
		STR("Received: from a.example by b.example; Sat, 21 Nov 2026 10:00:00 +0100\r\n"),
		inner
	};

	send_part(k, "a", plain_part(k, STR("Content-Type: message/rfc822\r\n"), inner));
	send_part(k, "b", kit_part_base64(k, STR("Content-Type: message/rfc822\r\n"), inner));
	send_part(k, "c", kit_part(k, OCTETS, "mail.eml", inner));
	send_part(k, "d", kit_part(k, "text/plain", "mail.eml", inner));
	send_part(k, "e",
		  kit_part_base64(k, STR("Content-Type: application/octet-stream\r\n"),
				  kit_join(k, behind, 2)));
	send_part(k, "f",
		  kit_part(k, "application/zip", "a.zip", fixture_zip1(k, "mail.eml", inner)));
	send_part(k, "g",
		  plain_part(k, STR("Content-Type: message/rfc822\r\n"),
			     message_with_program(k, true)));
}

/* A section with one file behind its mark (MS-ONESTORE 2.6.13). */
static str onenote(struct kit *k)
{
	struct strbuf b = strbuf_make(k->arena, 16384);
	str pe = fixture_pe(k);

	strbuf_put(&b, STR("\xe4\x52\x5c\x7b\x8c\xd8\xa7\x4d\xae\xb1\x53\x78\xd0\x29\x96\xd3"));
	strbuf_put(&b, kit_repeat(k, STR("\0"), 1008));
	strbuf_put(&b, STR("\xe7\x16\xe3\xbd\x65\x26\x11\x45\xa4\xc4\x8d\x4d\x0b\x7a\x9e\xac"));
	strbuf_le(&b, pe.n, 8);
	strbuf_put(&b, kit_repeat(k, STR("\0"), 12));
	strbuf_put(&b, pe);
	strbuf_put(&b, STR("\x22\xa7\xfb\x71\x79\x0f\x0b\x4a\xbb\x13\x89\x92\x56\x42\x6b\x24"));
	return strbuf_str(&b);
}

static void outlook_message(struct kit *k)
{
	str msg = fixture_msg(k, "setup.exe", fixture_pe(k));

	send_part(k, "a", kit_part(k, "application/vnd.ms-outlook", "mail.msg", msg));
	send_part(k, "b",
		  kit_part(k, "application/zip", "a.zip", fixture_zip1(k, "mail.msg", msg)));
	send_part(k, "c", kit_part(k, "application/msword", "lettre.doc", msg));
	send_part(k, "d",
		  kit_part(k, "application/vnd.ms-outlook", "mail.msg",
			   fixture_msg(k, "dedans.msg", msg)));
	send_part(k, "e", kit_part(k, "application/onenote", "notes.one", onenote(k)));
}

static void send_body(struct kit *k, const char *variant, const char *type, str text)
{
	struct kit_mail m = kit_mail(k);
	const str pieces[] = { kit_fmt(k, "Content-Type: %s; charset=utf-8\r\n\r\n", type), text,
			       STR("\r\n") };

	m.entity = kit_join(k, pieces, ARRAY_LEN(pieces));
	kit_send(k, variant, &m);
}

static void many_pictures(struct kit *k)
{
	struct kit_mail m = kit_mail(k);
	str dot = kit_base64(k, fixture_png_text(k, "a"));

	for (int i = 0; i < 5000; i++)
		*arena_push(k->arena, &m.parts) =
			kit_fmt(k,
				"Content-Type: image/png\r\nContent-ID: <%d@partner.example>\r\n"
				"Content-Transfer-Encoding: base64\r\nContent-Disposition: "
				"inline\r\n\r\n%.*s",
				i, STR_ARG(dot));
	kit_send(k, "f", &m);
}

static void exhausting(struct kit *k)
{
	send_body(k, "a", "text/plain", kit_repeat(k, STR("a"), 9 << 20));
	send_body(k, "b", "text/html", kit_repeat(k, STR("<"), 9 << 20));
	send_body(k, "c", "text/plain", kit_repeat(k, STR("aaaaaaaaaaaaaaaa!"), 1 << 16));
	send_body(k, "d", "text/plain", kit_repeat(k, STR("http://a.example/b "), 100000));
	send_body(k, "e", "text/html", kit_repeat(k, STR("&amp;"), 1000000));
	many_pictures(k);
}

#define GROWING                                                                                    \
	"<?xml version=\"1.0\"?><!DOCTYPE a [<!ENTITY a \"lol\"><!ENTITY b "                       \
	"\"&a;&a;&a;&a;&a;&a;&a;&a;\"><!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;\"><!ENTITY d "         \
	"\"&c;&c;&c;&c;&c;&c;&c;&c;\"><!ENTITY e \"&d;&d;&d;&d;&d;&d;&d;&d;\">]>"

static void entity_bombs(struct kit *k)
{
	const struct fixture_member docx[] = {
		{ "[Content_Types].xml",
		  STR("<?xml version=\"1.0\"?><Types "
		      "xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">"
		      "<Override PartName=\"/word/document.xml\" ContentType=\"application/"
		      "vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml\"/>"
		      "</Types>") },
		{ "word/document.xml", STR(GROWING "<a>&e;</a>") },
	};

	kit_send_attached(k, "b1",
			  "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
			  "lettre.docx", fixture_archive(k, FIXTURE_ZIP, docx, ARRAY_LEN(docx)));
	kit_send_attached(k, "b2", "image/svg+xml", "image.svg",
			  STR(GROWING "<svg xmlns=\"http://www.w3.org/2000/svg\"><text>&e;</text>"
				      "</svg>"));
	kit_send_attached(k, "h", "application/zip", "fai.example!hopital.example!1!2.zip",
			  fixture_zip1(k, "fai.example!hopital.example!1!2.xml",
				       STR(GROWING "<feedback><report_metadata><org_name>&e;"
						   "</org_name></report_metadata></feedback>")));
}

/* Each layer holds the one below sixteen times: five of them make a million files of zeros. */
static str many_layers(struct kit *k)
{
	enum { COPIES = 16, LAYERS = 5 };
	struct fixture_member m[COPIES];
	str inner = kit_repeat(k, STR("\0"), 1 << 20);

	for (int layer = 0; layer < LAYERS; layer++) {
		for (int i = 0; i < COPIES; i++)
			m[i] = (struct fixture_member){
				kit_fmt(k, layer ? "%d.zip" : "%d.dll", i).p, inner
			};
		inner = fixture_archive(k, FIXTURE_ZIP, m, COPIES);
	}
	return inner;
}

static str deflated(struct kit *k, str bytes, int times)
{
	for (int i = 0; i < times; i++) {
		uLongf n = compressBound((uLong)bytes.n);
		char *out = arena_alloc(k->arena, n);

		bug_if(compress((Bytef *)out, &n, (const Bytef *)bytes.p, (uLong)bytes.n) != Z_OK);
		bytes = str_of(out, n);
	}
	return bytes;
}

/* A chain of sectors that turns in a circle: the first entry of the table names itself. */
static str looping_doc(struct kit *k)
{
	enum { TABLE = 512 };
	str doc = arena_str(k->arena, fixture_doc(k, STR("Bonjour"), STR("")));
	char *p = (char *)(uintptr_t)doc.p;

	for (int i = 1; i < 100; i++)
		memcpy(p + TABLE + 4 * (size_t)i, "\1\0\0\0", 4);
	return doc;
}

static void document_bombs(struct kit *k)
{
	const str circle[] = { STR("<</Type/Action/S/URI/URI 5 0 R/Next 5 0 R>>"),
			       STR("<</Type/Action/S/GoTo/D 4 0 R/Next 4 0 R>>") };
	str zeros = kit_repeat(k, kit_repeat(k, STR("\0"), 1 << 20), 40);
	str inflating =
		fixture_pdf_stream(k, "/Type/ObjStm/N 1/First 4/Filter[/FlateDecode/FlateDecode]",
				   deflated(k, zeros, 2));
	const str many[] = { inflating, inflating, inflating, inflating, inflating,
			     inflating, inflating, inflating, inflating, inflating };

	kit_expect(k, BATTERY_ACCEPT | FLAG_OR_MORE, NULL);
	kit_send_attached(k, "d1", "application/pdf", "facture.pdf",
			  fixture_pdf(k, "/OpenAction 4 0 R", circle, ARRAY_LEN(circle)));
	kit_expect(k, QUAR_OR_REJECT, NULL);
	kit_send_attached(k, "d2", "application/pdf", "facture.pdf",
			  fixture_pdf(k, "/OpenAction 9 0 R", many, ARRAY_LEN(many)));
	kit_send_attached(k, "e", "application/msword", "lettre.doc", looping_doc(k));
	kit_send_attached(k, "g", "font/otf", "police.otf",
			  fixture_padded(k,
					 STR("OTTO\xff\xff\0\x80\0\3\0\x30"
					     "CFF \0\0\0\0"
					     "\xff\xff\xff\xff\xff\xff\xff\xff"),
					 4096));
}

static void bombs(struct kit *k)
{
	str zeros = kit_repeat(k, kit_repeat(k, STR("\0"), 1 << 20), 64);
	const struct fixture_member gz = { "a", zeros };

	kit_send_attached(k, "a", "text/xml", "a.xml",
			  STR("<?xml version=\"1.0\"?><!DOCTYPE a [<!ENTITY a \"lol\"><!ENTITY b "
			      "\"&a;&a;&a;&a;&a;&a;&a;&a;\">"
			      "<!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;\"><!ENTITY d "
			      "\"&c;&c;&c;&c;&c;&c;&c;&c;\">"
			      "<!ENTITY e \"&d;&d;&d;&d;&d;&d;&d;&d;\">]><a>&e;</a>"));
	kit_send_attached(k, "f", "application/gzip", "a.gz",
			  fixture_archive(k, FIXTURE_GZ, &gz, 1));
	entity_bombs(k);
	kit_send_attached(k, "c", "application/zip", "a.zip", many_layers(k));
	document_bombs(k);
}

/* Each line begins with a blank (RFC 5545 3.1). */
static str folded_base64(struct kit *k, str bytes)
{
	str rest = kit_base64(k, bytes), line;
	struct strbuf b = strbuf_make(k->arena, rest.n * 2);

	strbuf_put(&b, STR("\r\n"));
	while (rest.n) {
		(void)str_split(&rest, '\n', &line);
		strbuf_fmt(&b, " %.*s\r\n", STR_ARG(str_trim(line)));
	}
	return strbuf_str(&b);
}

/* RFC 1740: the resource fork, then the file. */
static str apple_double(struct kit *k)
{
	const str parts[] = {
		kit_part_base64(k,
				STR("Content-Type: application/applefile; name=\"%setup.exe\"\r\n"),
				STR("\0\5\x16\7\0\2\0\0Mac OS X        \0\1\0\0\0\x09\0\0\0\x26"
				    "\0\0\0\x20"
				    "TEXTttxt")),
		kit_part(k, "application/octet-stream", "setup.exe", fixture_pe(k)),
	};

	return kit_multipart(k, "multipart/appledouble", kit_boundary(k, 'd'), parts, 2);
}

/* What is said to be encrypted, with a clear file beside. */
static void pgp_with_program(struct kit *k)
{
	struct kit_mail m = kit_mail(k);
	const str parts[] = {
		STR("Content-Type: application/pgp-encrypted\r\n\r\nVersion: 1\r\n"),
		STR("Content-Type: application/octet-stream; name=\"encrypted.asc\"\r\n\r\n"
		    "-----BEGIN PGP MESSAGE-----\r\n\r\nhQEMA0xhYWFhYWFhAQf/\r\n=abcd\r\n"
		    "-----END PGP MESSAGE-----\r\n"),
		kit_part(k, OCTETS, "setup.exe", fixture_pe(k)),
	};

	m.entity = kit_multipart(k, "multipart/encrypted; protocol=\"application/pgp-encrypted\"",
				 kit_boundary(k, 'e'), parts, ARRAY_LEN(parts));
	m.malicious = true;
	kit_send(k, "c", &m);
}

static void opaque(struct kit *k)
{
	str folded = folded_base64(k, fixture_pe(k));

	send_part(k, "a",
		  kit_part(k, "application/ms-tnef", "winmail.dat",
			   fixture_tnef(k, "setup.exe", fixture_pe(k))));
	send_part(k, "f",
		  kit_part(k, "text/calendar", "invite.ics",
			   kit_fmt(k,
				   "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:1\r\nATTACH;ENCODING="
				   "BASE64;VALUE=BINARY;"
				   "X-FILENAME=setup.exe:%.*sEND:VEVENT\r\nEND:VCALENDAR\r\n",
				   STR_ARG(folded))));
	send_part(k, "b",
		  kit_part(k, "application/pkcs7-mime; smime-type=signed-data", "smime.p7m",
			   fixture_signed_data(
				   k, kit_expand(k,
						 "Content-Type: multipart/mixed; boundary=in\n\n"
						 "--in\n{text}--in\n{part}--in--\n",
						 "setup.exe", fixture_pe(k)))));
	send_part(k, "d", apple_double(k));
	kit_expect(k, QUAR_OR_REJECT, NULL);
	pgp_with_program(k);
	send_part(k, "e",
		  kit_part(k, "application/ms-tnef", "winmail.dat",
			   STR("\x78\x9f\x3e\x22\1\0\2abc")));
}

#define ROW(id, what, expected, make)                                                              \
	{                                                                                          \
		id, "container", what, expected, NULL, make, false                                 \
	}

const struct battery_case cases_container[] = {
	ROW("T147", "Attached messages", BATTERY_REJECT, attached_message),
	ROW("T166", "Attached Outlook messages", BATTERY_REJECT, outlook_message),
	ROW("T172", "Text that exhausts a reader", ANY, exhausting),
	ROW("T173", "Bombs", QUAR_OR_REJECT, bombs),
	ROW("T174", "Opaque wrappers", BATTERY_REJECT, opaque),
	{ 0 }
};

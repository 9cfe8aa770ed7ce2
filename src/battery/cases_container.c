/* T147, T166, T172 to T174: messages in messages, and what exhausts a reader. */
#include "battery/fixture.h"

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
}

static void send_body(struct kit *k, const char *variant, const char *type, str text)
{
	struct kit_mail m = kit_mail(k);
	const str pieces[] = { kit_fmt(k, "Content-Type: %s; charset=utf-8\r\n\r\n", type), text,
			       STR("\r\n") };

	m.entity = kit_join(k, pieces, ARRAY_LEN(pieces));
	kit_send(k, variant, &m);
}

static void exhausting(struct kit *k)
{
	send_body(k, "a", "text/plain", kit_repeat(k, STR("a"), 9 << 20));
	send_body(k, "b", "text/html", kit_repeat(k, STR("<"), 9 << 20));
	send_body(k, "c", "text/plain", kit_repeat(k, STR("aaaaaaaaaaaaaaaa!"), 1 << 16));
	send_body(k, "d", "text/plain", kit_repeat(k, STR("http://a.example/b "), 100000));
	send_body(k, "e", "text/html", kit_repeat(k, STR("&amp;"), 1000000));
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
}

static void put_tnef(struct strbuf *b, unsigned level, uint32_t id, str data)
{
	unsigned sum = 0;

	strbuf_char(b, (char)level);
	for (int i = 0; i < 4; i++)
		strbuf_char(b, (char)(id >> (8 * i)));
	for (int i = 0; i < 4; i++)
		strbuf_char(b, (char)(data.n >> (8 * i)));
	strbuf_put(b, data);
	for (size_t i = 0; i < data.n; i++)
		sum += (unsigned char)data.p[i];
	strbuf_char(b, (char)sum);
	strbuf_char(b, (char)(sum >> 8));
}

static str tnef(struct kit *k, const char *name, str file)
{
	struct strbuf b = strbuf_make(k->arena, file.n + 4096);

	strbuf_put(&b, STR("\x78\x9f\x3e\x22\1\0"));
	put_tnef(&b, 1, 0x00089006, STR("\0\0\1\0"));
	put_tnef(&b, 2, 0x00069002, STR("\1\0\xff\xff\xff\xff\0\0\0\0\0\0\0\0"));
	put_tnef(&b, 2, 0x00018010, str_of(name, strlen(name) + 1));
	put_tnef(&b, 2, 0x0006800f, file);
	return strbuf_str(&b);
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

static void opaque(struct kit *k)
{
	str folded = folded_base64(k, fixture_pe(k));

	send_part(k, "a",
		  kit_part(k, "application/ms-tnef", "winmail.dat",
			   tnef(k, "setup.exe", fixture_pe(k))));
	send_part(k, "f",
		  kit_part(k, "text/calendar", "invite.ics",
			   kit_fmt(k,
				   "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:1\r\nATTACH;ENCODING="
				   "BASE64;VALUE=BINARY;"
				   "X-FILENAME=setup.exe:%.*sEND:VEVENT\r\nEND:VCALENDAR\r\n",
				   STR_ARG(folded))));
	kit_expect(k, QUAR_OR_REJECT, NULL);
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

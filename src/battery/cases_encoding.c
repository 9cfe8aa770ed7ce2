/* T141, T142, T144 to T146, T148 to T150, T161 to T164: encodings and character sets. */
#include "battery/fixture.h"
#include "battery/world.h"

#define QUAR_OR_REJECT (BATTERY_QUARANTINE | BATTERY_REJECT)
#define FLAG_OR_MORE (BATTERY_FLAG | QUAR_OR_REJECT)
#define ANY (BATTERY_ACCEPT | FLAG_OR_MORE)

#define TOP                                                                                        \
	"Content-Type: multipart/mixed; boundary=\"{b}\"\n\n--{b}\n{text}--{b}\n"                  \
	"Content-Type: application/octet-stream; name=\"{name}\"\n"                                \
	"Content-Disposition: attachment; filename=\"{name}\"\n"
#define END "--{b}--\n"

struct variant {
	const char *name;
	uint32_t harmless;
	const char *template;
};

static void send_all(struct kit *k, const struct variant *v)
{
	for (; v->name; v++)
		kit_send_template(k, v->name, v->harmless, NULL, v->template);
}

static void unknown_encoding(struct kit *k)
{
	/* Two thousand blanks before the word. */
	const char *spaces = kit_fmt(k, TOP "Content-Transfer-Encoding:%.*sbase64\n\n{b64}" END,
				     STR_ARG(kit_repeat(k, STR(" "), 2000)))
				     .p;
	const struct variant v[] = {
		{ "a", FLAG_OR_MORE, TOP "Content-Transfer-Encoding: x-base64\n\n{b64}" END },
		{ "b", FLAG_OR_MORE, TOP "Content-Transfer-Encoding: base-64\n\n{b64}" END },
		{ "c", FLAG_OR_MORE, TOP "Content-Transfer-Encoding: quotedprint\n\n{qp}" END },
		{ "d", ANY, TOP "Content-Transfer-Encoding: base64;\n\n{b64}" END },
		{ "e", FLAG_OR_MORE, TOP "Content-Transfer-Encoding: bas(c)e64\n\n{b64}" END },
		{ "f", FLAG_OR_MORE, TOP "Content-Transfer-Encoding:\vbase64\n\n{b64}" END },
		{ "g", FLAG_OR_MORE, spaces },
		{ "h", FLAG_OR_MORE, TOP "Content-Transfer-Encoding: \"base64\"\n\n{b64}" END },
		{ "i", FLAG_OR_MORE, TOP "Content-Transfer-Encoding: base 64\n\n{b64}" END },
		{ "j", ANY, TOP "Content-Transfer-Encoding: (c) base64\n\n{b64}" END },
		{ "k", FLAG_OR_MORE, TOP "Content-Transfer-Encoding=base64\n\n{b64}" END },
		{ 0 }
	};

	send_all(k, v);
}

static void two_encodings(struct kit *k)
{
	static const struct variant v[] = {
		{ "a", QUAR_OR_REJECT,
		  TOP "Content-Transfer-Encoding: base64\nContent-Transfer-Encoding: "
		      "quoted-printable\n\n"
		      "{b64}" END },
		{ "b", QUAR_OR_REJECT,
		  TOP "Content-Transfer-Encoding: quoted-printable\nContent-Transfer-Encoding: "
		      "base64\n\n"
		      "{b64}" END },
		{ "c", FLAG_OR_MORE,
		  TOP
		  "Content-Transfer-Encoding:\nContent-Transfer-Encoding: base64\n\n{b64}" END },
		{ "d", FLAG_OR_MORE,
		  TOP "Content-Transfer-Encoding: base64, quoted-printable\n\n{b64}" END },
		{ "e", FLAG_OR_MORE,
		  TOP "Content-Transfer-Encoding: junk\nContent-Transfer-Encoding: "
		      "base64\n\n{b64}" END },
		{ "f", FLAG_OR_MORE,
		  TOP "Content-Transfer-Encoding: base64\nContent-Transfer-Encoding: "
		      "7bit\n\n{b64}" END },
		{ 0 }
	};

	send_all(k, v);
}

/* The base64 text with something between its bytes. */
static str spread(struct kit *k, str b64, size_t every, const char *between)
{
	struct strbuf b = strbuf_make(k->arena, 16 << 20);
	size_t n = 0;

	for (size_t i = 0; i < b64.n; i++) {
		if (b64.p[i] == '\r' || b64.p[i] == '\n')
			continue;
		strbuf_char(&b, b64.p[i]);
		if (++n % every == 0)
			strbuf_fmt(&b, "%s", between);
	}
	return strbuf_str(&b);
}

static void spread_part(struct kit *k, struct kit_mail *m, const char *name, str file, size_t every,
			const char *between)
{
	const str pieces[] = {
		kit_fmt(k,
			"Content-Type: application/octet-stream; name=\"%s\"\r\n"
			"Content-Disposition: attachment; filename=\"%s\"\r\n"
			"Content-Transfer-Encoding: base64\r\n\r\n",
			name, name),
		spread(k, kit_base64(k, file), every, between),
		STR("\r\n"),
	};

	*arena_push(k->arena, &m->parts) = kit_join(k, pieces, ARRAY_LEN(pieces));
}

static void equal_signs(struct kit *k, struct kit_mail *m, const char *name, str file)
{
	spread_part(k, m, name, file, 40, "=");
}

static void no_padding(struct kit *k, struct kit_mail *m, const char *name, str file)
{
	str b64 = kit_base64(k, file);
	size_t end = str_find(b64, STR("="));
	const str pieces[] = {
		kit_fmt(k,
			"Content-Type: application/octet-stream; name=\"%s\"\r\n"
			"Content-Disposition: attachment; filename=\"%s\"\r\n"
			"Content-Transfer-Encoding: base64\r\n\r\n",
			name, name),
		end == STR_NONE ? b64 : str_sub(b64, 0, end),
		STR("\r\n"),
	};

	*arena_push(k->arena, &m->parts) = kit_join(k, pieces, ARRAY_LEN(pieces));
}

static void dirty_base64(struct kit *k)
{
	static const struct variant v[] = {
		{ "a", FLAG_OR_MORE, TOP "Content-Transfer-Encoding: base64\n\n-_.#:%\n{b64}" END },
		{ "b", FLAG_OR_MORE, TOP "Content-Transfer-Encoding: base64\n\n=\n{b64}" END },
		{ "c", FLAG_OR_MORE,
		  TOP "Content-Transfer-Encoding: base64\n\n{b64}=\nQUFB\n" END },
		{ "d", ANY, TOP "Content-Transfer-Encoding: base64\n\n{b64}====\n" END },
		{ "e", FLAG_OR_MORE, TOP "Content-Transfer-Encoding: base64\n\n====\n{b64}" END },
		{ 0 }
	};
	static const char *const junk[] = { "-", "_", ".", "#", ":", "%", "\xc3\xa9" };

	send_all(k, v);
	kit_send_both(k, "f", FLAG_OR_MORE, NULL, equal_signs);
	kit_send_both(k, "g", ANY, NULL, no_padding);
	for (size_t i = 0; i < ARRAY_LEN(junk); i++)
		kit_send_template(k, kit_fmt(k, "j%zu", i + 1).p, FLAG_OR_MORE, NULL,
				  kit_fmt(k,
					  TOP "Content-Transfer-Encoding: base64\n\n%s\n{b64}" END,
					  junk[i])
					  .p);
}

static void short_lines(struct kit *k, struct kit_mail *m, const char *name, str file)
{
	spread_part(k, m, name, file, 3, "\r\n");
}

static void blanks(struct kit *k, struct kit_mail *m, const char *name, str file)
{
	spread_part(k, m, name, file, 5, " \t");
}

static void one_line(struct kit *k, struct kit_mail *m, const char *name, str file)
{
	spread_part(k, m, name, file, SIZE_MAX, "");
}

static void lone_returns(struct kit *k, struct kit_mail *m, const char *name, str file)
{
	spread_part(k, m, name, file, 76, "\r");
}

static void vertical_tabs(struct kit *k, struct kit_mail *m, const char *name, str file)
{
	spread_part(k, m, name, file, 76, "\v\r\n");
}

static void layout(struct kit *k)
{
	static const struct variant v[] = {
		{ "c", FLAG_OR_MORE, TOP "Content-Transfer-Encoding: base64\n{b64}" END },
		{ "d", FLAG_OR_MORE, TOP "Content-Transfer-Encoding: base64\n \n{b64}" END },
		{ "e", ANY, TOP "Content-Transfer-Encoding: base64\n\n\n\n{b64}" END },
		{ "i", FLAG_OR_MORE, TOP "Content-Transfer-Encoding: base64\n\t\n{b64}" END },
		{ "j", FLAG_OR_MORE, TOP "Content-Transfer-Encoding: base64\n\v\n{b64}" END },
		{ "k", FLAG_OR_MORE, TOP "Content-Transfer-Encoding: base64\nUEsD\n\n{b64}" END },
		{ 0 }
	};

	kit_send_both(k, "a", ANY, NULL, short_lines);
	kit_send_both(k, "b", ANY, NULL, blanks);
	kit_send_both(k, "f", ANY, NULL, one_line);
	kit_send_both(k, "g", FLAG_OR_MORE, NULL, lone_returns);
	kit_send_both(k, "h", ANY, NULL, vertical_tabs);
	send_all(k, v);
}

static void put_qp(struct kit *k, struct kit_mail *m, const char *name, str text)
{
	*arena_push(k->arena, &m->parts) =
		kit_fmt(k,
			"Content-Type: application/octet-stream; name=\"%s\"\r\n"
			"Content-Disposition: attachment; filename=\"%s\"\r\n"
			"Content-Transfer-Encoding: quoted-printable\r\n\r\n%.*s",
			name, name, STR_ARG(text));
}

/* Hexadecimal digits in small letters, which RFC 2045 6.7 forbids and all read. */
static void small_letters(struct kit *k, struct kit_mail *m, const char *name, str file)
{
	str qp = kit_qp(k, file);
	struct strbuf b = strbuf_make(k->arena, qp.n);

	for (size_t i = 0; i < qp.n; i++) {
		bool digit = (i > 0 && qp.p[i - 1] == '=') || (i > 1 && qp.p[i - 2] == '=');

		strbuf_char(&b, digit ? str_lower_char(qp.p[i]) : qp.p[i]);
	}
	put_qp(k, m, name, strbuf_str(&b));
}

/* Every byte as a code, in one line. */
static void long_lines(struct kit *k, struct kit_mail *m, const char *name, str file)
{
	struct strbuf b = strbuf_make(k->arena, 16 << 20);

	for (size_t i = 0; i < file.n; i++)
		strbuf_fmt(&b, "=%02X", (unsigned char)file.p[i]);
	strbuf_put(&b, STR("\r\n"));
	put_qp(k, m, name, strbuf_str(&b));
}

static void dirty_qp(struct kit *k)
{
	static const struct variant v[] = {
		{ "a", ANY, TOP "Content-Transfer-Encoding: quoted-printable\n\n{qp}" END },
		{ "b", FLAG_OR_MORE,
		  TOP "Content-Transfer-Encoding: quoted-printable\n\n=X{qp}" END },
		{ "c", FLAG_OR_MORE,
		  TOP "Content-Transfer-Encoding: quoted-printable\n\n=={qp}" END },
		{ "e", FLAG_OR_MORE,
		  TOP "Content-Transfer-Encoding: quoted-printable\n\n= H{qp}" END },
		{ "f", ANY, TOP "Content-Transfer-Encoding: quoted-printable\n\n= \t\n{qp}" END },
		{ 0 }
	};

	send_all(k, v);
	kit_send_both(k, "d", ANY, NULL, small_letters);
	kit_send_both(k, "g", ANY, NULL, long_lines);
}

static void uuencode(struct kit *k)
{
	static const struct variant v[] = {
		{ "a", FLAG_OR_MORE, "Content-Type: text/plain\n\nBonjour,\n\n{uu}\n" },
		{ "b", FLAG_OR_MORE, TOP "Content-Transfer-Encoding: x-uuencode\n\n{uu}" END },
		{ "c", FLAG_OR_MORE, "Content-Type: text/plain\n\nsetup (1/2)\n\n{uuhalf}\n" },
		{ "d", FLAG_OR_MORE, TOP "Content-Transfer-Encoding: x-uuencode\n\n{uulines}" END },
		{ "e", FLAG_OR_MORE, TOP "Content-Transfer-Encoding: uuencode\n\n{uu}" END },
		{ 0 }
	};

	send_all(k, v);
}

static void yenc_text(struct kit *k, struct kit_mail *m, const char *name, str file)
{
	const str pieces[] = { STR("Content-Type: text/plain\r\n\r\nBonjour,\r\n\r\n"),
			       fixture_yenc(k, name, file) };

	m->entity = kit_join(k, pieces, ARRAY_LEN(pieces));
}

static void binhex_text(struct kit *k, struct kit_mail *m, const char *name, str file)
{
	const str pieces[] = { STR("Content-Type: text/plain\r\n\r\nBonjour,\r\n\r\n"),
			       fixture_binhex(k, name, file) };

	m->entity = kit_join(k, pieces, ARRAY_LEN(pieces));
}

static void put_coded(struct kit *k, struct kit_mail *m, const char *fields, const char *name,
		      str body)
{
	const str pieces[] = {
		kit_fmt(k, "%s\r\nContent-Disposition: attachment; filename=\"%s\"\r\n\r\n", fields,
			name),
		body,
	};

	*arena_push(k->arena, &m->parts) = kit_join(k, pieces, ARRAY_LEN(pieces));
}

#define OCTETS "Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: "

static void yenc_part(struct kit *k, struct kit_mail *m, const char *name, str file)
{
	put_coded(k, m, OCTETS "x-yencode", name, fixture_yenc(k, name, file));
}

static void binhex_part(struct kit *k, struct kit_mail *m, const char *name, str file)
{
	put_coded(k, m, OCTETS "x-binhex", name, fixture_binhex(k, name, file));
}

static void binhex_type(struct kit *k, struct kit_mail *m, const char *name, str file)
{
	put_coded(k, m, "Content-Type: application/mac-binhex40", name,
		  fixture_binhex(k, name, file));
}

static void yenc_or_binhex(struct kit *k)
{
	kit_send_both(k, "a", FLAG_OR_MORE, NULL, yenc_text);
	kit_send_both(k, "b", FLAG_OR_MORE, NULL, yenc_part);
	kit_send_both(k, "c", FLAG_OR_MORE, NULL, binhex_text);
	kit_send_both(k, "d", FLAG_OR_MORE, NULL, binhex_part);
	kit_send_both(k, "e", FLAG_OR_MORE, NULL, binhex_type);
}

static void base64_of_uu(struct kit *k, struct kit_mail *m, const char *name, str file)
{
	str body = kit_expand(k, "{uu}", name, file);

	put_coded(k, m, OCTETS "base64", name, kit_base64(k, body));
}

static void gzip64(struct kit *k, struct kit_mail *m, const char *name, str file)
{
	const struct fixture_member one = { name, file };

	put_coded(k, m, OCTETS "x-gzip64", name,
		  kit_base64(k, fixture_archive(k, FIXTURE_GZ, &one, 1)));
}

static void base64_twice(struct kit *k, struct kit_mail *m, const char *name, str file)
{
	kit_attach(k, m, "application/octet-stream", name, kit_base64(k, file));
}

static void base64_of_qp(struct kit *k, struct kit_mail *m, const char *name, str file)
{
	*arena_push(k->arena, &m->parts) =
		kit_fmt(k,
			"Content-Type: application/octet-stream; name=\"%s\"\r\n"
			"Content-Disposition: attachment; filename=\"%s\"\r\n"
			"Content-Transfer-Encoding: quoted-printable\r\n\r\n%.*s",
			name, name, STR_ARG(kit_qp(k, kit_base64(k, file))));
}

static void message_in_base64_text(struct kit *k, struct kit_mail *m, const char *name, str file)
{
	str inner = kit_expand(k,
			       "From: x@evil.example\nSubject: a\nMIME-Version: 1.0\n"
			       "Content-Type: multipart/mixed; boundary=in\n\n--in\n{part}--in--\n",
			       name, file);

	*arena_push(k->arena, &m->parts) =
		kit_part_base64(k, STR("Content-Type: text/plain\r\n"), inner);
}

static void successive(struct kit *k)
{
	kit_send_both(k, "a", ANY, NULL, base64_twice);
	kit_send_both(k, "b", ANY, NULL, base64_of_qp);
	kit_send_both(k, "c", ANY, NULL, message_in_base64_text);
	kit_send_both(k, "d", FLAG_OR_MORE, NULL, base64_of_uu);
	kit_send_both(k, "e", FLAG_OR_MORE, NULL, gzip64);
}

static void send_entity(struct kit *k, const char *variant, const char *entity)
{
	struct kit_mail m = kit_mail(k);

	m.entity = kit_expand(k, entity, "", STR(""));
	kit_send(k, variant, &m);
}

static void bytes_in_7bit(struct kit *k)
{
	send_entity(
		k, "a",
		"Content-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: 7bit\n\n"
		"La r\xe9union est fix\xe9"
		"e.\n");
	send_entity(k, "b", "Content-Type: text/plain; charset=iso-8859-1\n\nLa r\xe9union.\n");
	/* Binary is allowed for transports that never break a line: none of ours. */
	kit_expect(k, ANY, NULL);
	send_entity(k, "c",
		    "Content-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: "
		    "binary\n\nLa r\xe9union.\n");
}

/* A page with a script that only who goes by the charset sees. */
static void send_utf16(struct kit *k)
{
	struct kit_mail m = kit_mail(k);
	const str pieces[] = {
		STR("Content-Type: text/html; charset=utf-16\r\nContent-Transfer-Encoding: "
		    "base64\r\n\r\n"),
		kit_base64(k, kit_utf16(k,
					STR("<html><body><script>alert(1)</script><a "
					    "href=\"http://203.0.113.7/\">a</a></body></html>"),
					true, false)),
	};

	m.entity = kit_join(k, pieces, ARRAY_LEN(pieces));
	kit_send(k, "c", &m);
}

static void odd_charset(struct kit *k)
{
	kit_expect(k, FLAG_OR_MORE, "R_MISSING_CHARSET|R_BAD_CTE_7BIT");
	send_entity(
		k, "a",
		"Content-Type: text/plain\nContent-Transfer-Encoding: 8bit\n\nLa r\xe9union.\n");
	kit_expect(k, FLAG_OR_MORE, NULL);
	send_entity(k, "b",
		    "Content-Type: text/html; charset=utf-7\n\n<html><body>+ADw-script+AD4-alert(1)"
		    "+ADw-/script+AD4-</body></html>\n");
	send_entity(k, "d", "Content-Type: text/plain; charset=x-unknown\n\nBonjour\n");
	send_utf16(k);
	kit_expect(k, ANY, NULL);
	send_entity(k, "e", "Content-Type: text/plain; charset=\"utf-8;\"\n\nBonjour\n");
}

static void mixed_charset(struct kit *k)
{
	kit_expect(k, FLAG_OR_MORE, "R_MIXED_CHARSET");
	send_entity(k, "a",
		    "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n"
		    "Votre b\xd0\xb0nqu\xd0\xb5 vous \xd0\xb5\xd1\x81rit, v\xd0\xb5uillez "
		    "lir\xd0\xb5.\n");
	kit_expect(k, FLAG_OR_MORE, "R_MIXED_CHARSET_URL|OMOGRAPH_URL");
	send_entity(k, "b",
		    "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n"
		    "Voir https://b\xd0\xb0nque.example/login pour la suite.\n");
	kit_expect(k, ANY, "TEXT_CHARSET_DOUBTFUL");
	send_entity(k, "c",
		    "Content-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: "
		    "8bit\n\nLa r\xc3\xa9union est fix\xc3\xa9"
		    "e \xc3\xa0 jeudi.\n");
}

static void alternatives(struct kit *k)
{
	kit_expect(k, FLAG_OR_MORE, "MIME_MA_MISSING_TEXT");
	send_entity(k, "a",
		    "Content-Type: multipart/alternative; boundary=\"{b}\"\n\n--{b}\n"
		    "Content-Type: text/html; "
		    "charset=utf-8\n\n<html><body><p>Bonjour</p></body></html>\n"
		    "--{b}--\n");
	send_entity(k, "c",
		    "Content-Type: multipart/alternative; boundary=\"{b}\"\n\n--{b}\n"
		    "Content-Type: text/html\n\n<p>Bonjour</p>\n--{b}\nContent-Type: "
		    "text/html\n\n<p>Salut</p>\n--{b}\nContent-Type: text/html\n\n<p>Coucou</p>\n"
		    "--{b}--\n");
	/* The text says nothing, the page leads to a host that is listed; and the reverse. */
	kit_expect(k, BATTERY_REJECT, "FEED_URL");
	send_entity(k, "b",
		    "Content-Type: multipart/alternative; boundary=\"{b}\"\n\n--{b}\n{text}--{b}\n"
		    "Content-Type: text/html\n\n<p>Votre compte : <a href=\"http://" WORLD_LISTED
		    "/a\">suite</a></p>\n--{b}--\n");
	send_entity(k, "b2",
		    "Content-Type: multipart/alternative; boundary=\"{b}\"\n\n--{b}\nContent-Type: "
		    "text/plain\n\nhttp://" WORLD_LISTED "/a\n--{b}\nContent-Type: "
		    "text/html\n\n<p>Bonjour</p>\n--{b}--\n");
	kit_expect(k, QUAR_OR_REJECT, NULL);
	{
		struct kit_mail m = kit_mail(k);

		m.entity = kit_expand(
			k,
			"Content-Type: multipart/alternative; boundary=\"{b}\"\n\n--{b}\n{text}"
			"--{b}\n{part}--{b}--\n",
			"facture.zip", fixture_zip1(k, "setup.exe", fixture_pe(k)));
		m.malicious = true;
		kit_send(k, "d", &m);
	}
}

#define ROW(id, what, symbols, make)                                                               \
	{                                                                                          \
		id, "encoding", what, FLAG_OR_MORE, symbols, make, false                           \
	}

const struct battery_case cases_encoding[] = {
	ROW("T141", "A transfer encoding nobody knows", NULL, unknown_encoding),
	ROW("T142", "Two transfer encodings", NULL, two_encodings),
	ROW("T144", "Dirty base64", NULL, dirty_base64),
	ROW("T145", "Odd layout of base64", NULL, layout),
	ROW("T146", "Dirty quoted-printable", NULL, dirty_qp),
	ROW("T148", "uuencode", NULL, uuencode),
	ROW("T149", "yEnc, BinHex", NULL, yenc_or_binhex),
	ROW("T150", "Encodings on top of each other", NULL, successive),
	ROW("T161", "Bytes above 127 in a 7bit part", "R_BAD_CTE_7BIT", bytes_in_7bit),
	ROW("T162", "Missing or odd character sets", NULL, odd_charset),
	ROW("T163", "Letters of two scripts in a word", NULL, mixed_charset),
	ROW("T164", "An alternative without text", NULL, alternatives),
	{ 0 }
};

/* T124 to T126, T131 to T140, T143, T145 to T146 (structure), T165: bodies that two readers
 * cut in two ways. */
#include "battery/fixture.h"

#define QUAR_OR_REJECT (BATTERY_QUARANTINE | BATTERY_REJECT)
#define FLAG_OR_MORE (BATTERY_FLAG | QUAR_OR_REJECT)
#define ANY (BATTERY_ACCEPT | FLAG_OR_MORE)

#define PARTS "--{b}\n{text}--{b}\n{part}--{b}--\n"

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

static void no_colon(struct kit *k)
{
	static const struct variant v[] = {
		{ "a", QUAR_OR_REJECT,
		  "garbage line\nContent-Type: multipart/mixed; boundary=\"{b}\"\n\n" PARTS },
		{ 0 }
	};

	send_all(k, v);
}

static void before_colon(struct kit *k)
{
	static const struct variant v[] = {
		{ "a", FLAG_OR_MORE, "Content-Type : multipart/mixed; boundary=\"{b}\"\n\n" PARTS },
		{ "b", FLAG_OR_MORE,
		  "Content-Type\t: multipart/mixed; boundary=\"{b}\"\n\n" PARTS },
		{ "c", FLAG_OR_MORE, "Content-Type:: multipart/mixed; boundary=\"{b}\"\n\n" PARTS },
		{ "d", FLAG_OR_MORE,
		  "X-A: a\n Content-Type: multipart/mixed; boundary=\"{b}\"\n\n" PARTS },
		{ "e", FLAG_OR_MORE,
		  "Content-Type:\v multipart/mixed; boundary=\"{b}\"\n\n" PARTS },
		{ 0 }
	};

	send_all(k, v);
}

static void bare_cr(struct kit *k)
{
	static const struct variant v[] = {
		{ "a", QUAR_OR_REJECT,
		  "X-Foo: bar\3Content-Type: multipart/mixed; boundary=\"{b}\"\n\n" PARTS },
		{ "b", QUAR_OR_REJECT,
		  "X-F\2o: bar\nContent-Type: multipart/mixed; boundary=\"{b}\"\n\n" PARTS },
		{ "b2", QUAR_OR_REJECT,
		  "Content-Type\2: text/plain\nContent-Type: multipart/mixed; "
		  "boundary=\"{b}\"\n\n" PARTS },
		{ "c", FLAG_OR_MORE,
		  "Content-Type: multipart/mixed; boundary=\"{b}\"\n\n--{b}\n"
		  "Content-Type: text/plain\n\nBon\2jour\n--{b}\n{part}--{b}--\n" },
		{ "d", FLAG_OR_MORE,
		  "X-Foo: bar\1Content-Type: multipart/mixed; boundary=\"{b}\"\n\n" PARTS },
		{ "e", QUAR_OR_REJECT,
		  "Content-Type: multipart/mixed; boundary=\"{b}\"\n\n--{b}\3{text}--{b}\3{part}"
		  "--{b}--\n" },
		{ 0 }
	};

	send_all(k, v);
}

static void two_types(struct kit *k)
{
	static const struct variant v[] = {
		{ "a", QUAR_OR_REJECT,
		  "Content-Type: multipart/mixed; boundary=\"{b}\"\nContent-Type: "
		  "text/plain\n\n" PARTS },
		{ "b", QUAR_OR_REJECT,
		  "Content-Type: text/plain\nContent-Type: multipart/mixed; "
		  "boundary=\"{b}\"\n\n" PARTS },
		{ "c", QUAR_OR_REJECT,
		  "Content-Type: multipart/mixed; boundary=\"x{b}\"\n"
		  "Content-Type: multipart/mixed; boundary=\"{b}\"\n\n" PARTS },
		{ 0 }
	};

	send_all(k, v);
}

static void two_boundaries(struct kit *k)
{
	static const struct variant v[] = {
		{ "a", QUAR_OR_REJECT,
		  "Content-Type: multipart/mixed; boundary=bad; boundary=\"{b}\"\n\n" PARTS },
		{ "b", QUAR_OR_REJECT,
		  "Content-Type: multipart/mixed; boundary=\"{b}\"; boundary=bad\n\n" PARTS },
		{ "c", QUAR_OR_REJECT,
		  "Content-Type: multipart/mixed; boundary*=us-ascii''bad; "
		  "boundary=\"{b}\"\n\n" PARTS },
		{ "d", QUAR_OR_REJECT,
		  "Content-Type: multipart/mixed; boundary=bad; boundary*=us-ascii''good1\n\n"
		  "--good1\n{text}--good1\n{part}--good1--\n" },
		{ "e", QUAR_OR_REJECT,
		  "Content-Type: multipart/mixed; boundary*=us-ascii''good1; boundary=bad\n\n"
		  "--good1\n{text}--good1\n{part}--good1--\n" },
		{ "f", QUAR_OR_REJECT,
		  "Content-Type: multipart/mixed; boundary*0=good; boundary*1=1; boundary=bad\n\n"
		  "--good1\n{text}--good1\n{part}--good1--\n" },
		{ "g", QUAR_OR_REJECT,
		  "Content-Type: multipart/mixed; boundary*0=bad; boundary=\"{b}\"\n\n" PARTS },
		{ "h", QUAR_OR_REJECT,
		  "Content-Type: multipart/mixed; BOUNDARY=bad; boundary=\"{b}\"\n\n" PARTS },
		{ 0 }
	};

	send_all(k, v);
}

#define GOOD "--goodone\n{text}--goodone\n{part}--goodone--\n"

static void boundary_2231(struct kit *k)
{
	static const struct variant v[] = {
		{ "a", ANY, "Content-Type: multipart/mixed; boundary*=us-ascii''goodone\n\n" GOOD },
		{ "b", ANY,
		  "Content-Type: multipart/mixed; boundary*0=good; boundary*1=one\n\n" GOOD },
		{ "c", ANY,
		  "Content-Type: multipart/mixed; boundary*1=one; boundary*0=good\n\n" GOOD },
		{ "d", ANY,
		  "Content-Type: multipart/mixed; boundary*0*=us-ascii''g%6fod; "
		  "boundary*1=one\n\n" GOOD },
		{ "e", QUAR_OR_REJECT,
		  "Content-Type: multipart/mixed; boundary*1=goodone\n\n" GOOD },
		{ "f", QUAR_OR_REJECT,
		  "Content-Type: multipart/mixed; boundary*0=good; boundary*0=bad; "
		  "boundary*1=one\n\n" GOOD },
		{ "g", FLAG_OR_MORE,
		  "Content-Type: multipart/mixed; "
		  "boundary*=utf-16be''%00g%00o%00o%00d%00o%00n%00e\n\n" GOOD },
		{ "h", ANY,
		  "Content-Type: multipart/mixed; boundary*0*=us-ascii''good; "
		  "boundary*1*=%6fne\n\n" GOOD },
		{ "i", FLAG_OR_MORE,
		  "Content-Type: multipart/mixed; boundary*0=good; boundary*2=one\n\n" GOOD },
		{ "j", FLAG_OR_MORE, "Content-Type: multipart/mixed; boundary*=goodone\n\n" GOOD },
		{ "k", FLAG_OR_MORE,
		  "Content-Type: multipart/mixed; boundary*00=good; boundary*01=one\n\n" GOOD },
		{ 0 }
	};

	send_all(k, v);
}

static void boundary_quoting(struct kit *k)
{
	static const struct variant v[] = {
		{ "a", FLAG_OR_MORE,
		  "Content-Type: multipart/mixed; boundary=\"good\\one\"\n\n" GOOD },
		{ "b", FLAG_OR_MORE,
		  "Content-Type: multipart/mixed; boundary=\"good\"one\n\n" GOOD },
		{ "c", FLAG_OR_MORE, "Content-Type: multipart/mixed; boundary=\"goodone\n\n" GOOD },
		{ "d", FLAG_OR_MORE, "Content-Type: multipart/mixed; boundary='goodone'\n\n" GOOD },
		{ "e", ANY, "Content-Type: multipart/mixed; boundary(c)=goodone\n\n" GOOD },
		{ "f", ANY, "Content-Type: multipart/mixed; boundary=(c)goodone\n\n" GOOD },
		{ "g", ANY, "Content-Type: multipart/mixed; boundary=goodone(c)\n\n" GOOD },
		{ "h", ANY, "Content-Type: multipart/mixed; boundary =\n\t goodone\n\n" GOOD },
		{ "i", FLAG_OR_MORE, "Content-Type: multipart/mixed; boundary=good one\n\n" GOOD },
		{ "j", ANY, "Content-Type: multipart/mixed;\n boundary=goodone ; x=y\n\n" GOOD },
		{ "k", ANY,
		  "Content-Type: multipart/mixed; boundary=\"good;one\"\n\n"
		  "--good;one\n{text}--good;one\n{part}--good;one--\n" },
		{ "l", ANY, "Content-Type: multipart/mixed; (c)boundary=goodone\n\n" GOOD },
		{ "m", FLAG_OR_MORE,
		  "Content-Type: multipart/mixed; boundary=good(c)one\n\n" GOOD },
		{ "n", FLAG_OR_MORE,
		  "Content-Type: multipart/mixed; boundary=\"goodone\" bad\n\n" GOOD },
		{ "o", FLAG_OR_MORE,
		  "Content-Type: multipart/mixed; boundary=\"goodone \"\n\n" GOOD },
		{ "p", FLAG_OR_MORE, "Content-Type: multipart/mixed; boundary=good\\one\n\n" GOOD },
		{ "q", FLAG_OR_MORE, "Content-Type: multipart/mixed boundary=goodone\n\n" GOOD },
		{ "r", FLAG_OR_MORE, "Content-Type: multipart/mixed, boundary=goodone\n\n" GOOD },
		{ "s", ANY,
		  "Content-Type: multipart/mixed; x=\"; boundary=bad; \"; "
		  "boundary=goodone\n\n" GOOD },
		{ 0 }
	};

	send_all(k, v);
}

static void boundary_prefix(struct kit *k)
{
	static const struct variant v[] = {
		{ "a", QUAR_OR_REJECT,
		  "Content-Type: multipart/mixed; "
		  "boundary=\"bb\"\n\n--bb\n{text}--bbX\n{part}--bb--\n" },
		{ "b", QUAR_OR_REJECT,
		  "Content-Type: multipart/mixed; "
		  "boundary=\"bb\"\n\n--bb\n{text}--bb-\n{part}--bb--\n" },
		/* Blanks behind the line are allowed (RFC 2046 5.1.1). */
		{ "c", ANY,
		  "Content-Type: multipart/mixed; boundary=\"bb\"\n\n--bb "
		  "\n{text}--bb\t\n{part}--bb--\n" },
		{ "d", QUAR_OR_REJECT,
		  "Content-Type: multipart/mixed; boundary=\"bb\"\n\n--bb\n"
		  "Content-Type: multipart/mixed; "
		  "boundary=\"bb\"\n\n--bb\n{text}--bb\n{part}--bb--\n" },
		/* An honest nesting may extend the outer boundary. */
		{ "e", ANY,
		  "Content-Type: multipart/mixed; boundary=\"bb\"\n\n--bb\n"
		  "Content-Type: multipart/mixed; "
		  "boundary=\"bbc\"\n\n--bbc\n{text}--bbc\n{part}--bbc--\n"
		  "--bb--\n" },
		{ "f", QUAR_OR_REJECT,
		  "Content-Type: multipart/mixed; "
		  "boundary=\"bb\"\n\n--bb\n{text}--bb\v\n{part}--bb--\n" },
		{ "g", ANY,
		  "Content-Type: multipart/mixed; boundary=\"bbc\"\n\n--bbc\n"
		  "Content-Type: multipart/mixed; "
		  "boundary=\"bb\"\n\n--bb\n{text}--bb\n{part}--bb--\n--bbc--\n" },
		{ "h", QUAR_OR_REJECT,
		  "Content-Type: multipart/mixed; boundary=\"bb\"\n\n--bb\n"
		  "Content-Type: multipart/mixed; "
		  "boundary=\"bb--\"\n\n--bb--\n{text}--bb--\n{part}--bb----\n--bb--\n" },
		{ "i", FLAG_OR_MORE,
		  "Content-Type: multipart/mixed; boundary=\"bb\"\n\n--bb\n{text}--bb\n"
		  "Content-Type: multipart/mixed; boundary=\"in\"\n\n--in\n"
		  "Content-Type: application/octet-stream; name=\"{name}\"\n"
		  "Content-Transfer-Encoding: base64\n\nUEsD\n--bb\n{b64}--in--\n--bb--\n" },
		{ 0 }
	};

	send_all(k, v);
}

static void missing_declaration(struct kit *k)
{
	static const struct variant v[] = {
		{ "a", QUAR_OR_REJECT, "Content-Type: multipart/mixed\n\n" PARTS },
		{ "b", QUAR_OR_REJECT, "Content-Type: boundary=\"{b}\"\n\n" PARTS },
		{ "c", FLAG_OR_MORE, "X-No: type\n\n" PARTS },
		{ "d", QUAR_OR_REJECT,
		  "Content-Type: multipart/mixed; boundary=\"\"\n\n--\n{text}--\n{part}----\n" },
		{ "e", QUAR_OR_REJECT,
		  "Content-Type: multipart/mixed; boundary=\" \"\n\n-- \n{text}-- \n{part}-- "
		  "--\n" },
		{ 0 }
	};

	send_all(k, v);
}

static void missing_end(struct kit *k)
{
	static const struct variant v[] = {
		{ "a", FLAG_OR_MORE,
		  "Content-Type: multipart/mixed; boundary=\"{b}\"\n\n--{b}\n{text}--{b}\n{part}" },
		{ "b", FLAG_OR_MORE,
		  "Content-Type: multipart/mixed; boundary=\"{b}\"\n\n--{b}\n"
		  "Content-Type: multipart/mixed; "
		  "boundary=inner\n\n--inner\n{text}--inner\n{part}--{b}--\n" },
		{ "c", FLAG_OR_MORE,
		  "Content-Type: multipart/mixed; boundary=\"{b}\"\n\n--{b}\n"
		  "Content-Type: multipart/mixed; "
		  "boundary=inner\n\n--inner\n{text}--inner\n{part}--inner--\n" },
		{ "d", FLAG_OR_MORE,
		  "Content-Type: multipart/mixed; boundary=\"{b}\"\n\n--{b}\n{text}--{b}\n"
		  "Content-Type: application/octet-stream; name=\"{name}\"\n"
		  "Content-Transfer-Encoding: base64\n\n{b64}QQ" },
		{ 0 }
	};

	send_all(k, v);
}

static void preamble(struct kit *k)
{
	static const struct variant v[] = {
		{ "a", FLAG_OR_MORE,
		  "Content-Type: multipart/mixed; "
		  "boundary=\"{b}\"\n\n{part}\n--{b}\n{text}--{b}--\n" },
		{ "b", FLAG_OR_MORE,
		  "Content-Type: multipart/mixed; "
		  "boundary=\"{b}\"\n\n{uu}\n--{b}\n{text}--{b}--\n" },
		{ "c", FLAG_OR_MORE,
		  "Content-Type: multipart/mixed; "
		  "boundary=\"{b}\"\n\n--fake\n{part}--fake--\n--{b}\n{text}"
		  "--{b}--\n" },
		{ 0 }
	};

	send_all(k, v);
}

static void epilogue(struct kit *k)
{
	static const struct variant v[] = {
		{ "a", FLAG_OR_MORE,
		  "Content-Type: multipart/mixed; "
		  "boundary=\"{b}\"\n\n--{b}\n{text}--{b}--\n--{b}\n{part}"
		  "--{b}--\n" },
		{ "b", FLAG_OR_MORE,
		  "Content-Type: multipart/mixed; boundary=\"{b}\"\n\n--{b}\n{text}--{b}--\n"
		  "Content-Type: multipart/mixed; "
		  "boundary=second\n\n--second\n{part}--second--\n" },
		{ 0 }
	};

	send_all(k, v);
}

/* n multiparts inside each other, the file innermost. */
static void nest(struct kit *k, const char *variant, unsigned n, uint32_t allowed)
{
	struct kit_mail m = kit_mail(k);
	struct strbuf b = strbuf_make(k->arena, 16 << 20);

	for (unsigned i = 0; i < n; i++)
		strbuf_fmt(&b, "Content-Type: multipart/mixed; boundary=\"n%u.\"\r\n\r\n--n%u.\r\n",
			   i, i);
	strbuf_put(&b, kit_part(k, "application/zip", "a.zip",
				fixture_zip1(k, "setup.exe", fixture_pe(k))));
	for (unsigned i = n; i-- > 0;)
		strbuf_fmt(&b, "\r\n--n%u.--\r\n", i);
	m.entity = strbuf_str(&b);
	m.malicious = true;
	kit_expect(k, allowed, NULL);
	kit_send(k, variant, &m);
}

static void deep(struct kit *k)
{
	struct kit_mail m = kit_mail(k);

	nest(k, "a", 19, QUAR_OR_REJECT);
	nest(k, "b", 100, QUAR_OR_REJECT);
	nest(k, "c", 1000, QUAR_OR_REJECT);
	m.entity = kit_fmt(k, "Content-Type: multipart/mixed; boundary=p\r\n\r\n%.*s--p--\r\n",
			   STR_ARG(kit_repeat(k, STR("--p\r\n\r\n\r\n"), 10000)));
	kit_expect(k, QUAR_OR_REJECT, NULL);
	kit_send(k, "d", &m);
	m.entity = kit_part(k, "application/zip", "a.zip",
			    fixture_zip1(k, "setup.exe", fixture_pe(k)));
	for (int i = 0; i < 50; i++)
		m.entity = kit_fmt(k,
				   "Content-Type: message/rfc822\r\n\r\nFrom: x@a.example\r\n"
				   "Subject: %d\r\n%.*s",
				   i, STR_ARG(m.entity));
	m.malicious = true;
	kit_send(k, "e", &m);
}

#define COMPOSITE "Content-Type: multipart/mixed; boundary=in\n\n--in\n{text}--in\n{part}--in--\n"

static void put_composite(struct kit *k, struct kit_mail *m, const char *type, bool base64,
			  const char *name, str file)
{
	str message = kit_expand(k, COMPOSITE, name, file);
	str fields = kit_fmt(k, "Content-Type: %s\r\n", type);
	const str pieces[] = { fields, STR("Content-Transfer-Encoding: quoted-printable\r\n\r\n"),
			       kit_qp(k, message) };

	*arena_push(k->arena, &m->parts) = base64 ? kit_part_base64(k, fields, message)
						  : kit_join(k, pieces, ARRAY_LEN(pieces));
}

static void message_base64(struct kit *k, struct kit_mail *m, const char *name, str file)
{
	put_composite(k, m, "message/rfc822", true, name, file);
}

static void global_base64(struct kit *k, struct kit_mail *m, const char *name, str file)
{
	put_composite(k, m, "message/global", true, name, file);
}

static void global_qp(struct kit *k, struct kit_mail *m, const char *name, str file)
{
	put_composite(k, m, "message/global", false, name, file);
}

static void multipart_base64(struct kit *k, struct kit_mail *m, const char *name, str file)
{
	const str pieces[] = {
		STR("Content-Type: multipart/mixed; boundary=in\r\n"
		    "Content-Transfer-Encoding: base64\r\n\r\n"),
		kit_base64(k, kit_expand(k, "--in\n{text}--in\n{part}--in--\n", name, file)),
	};

	m->entity = kit_join(k, pieces, ARRAY_LEN(pieces));
}

/* Encoded messages are valid by RFC 6532 for message/global only. */
static void composite_encoded(struct kit *k)
{
	kit_send_both(k, "a", FLAG_OR_MORE, NULL, multipart_base64);
	kit_send_both(k, "b", FLAG_OR_MORE, NULL, message_base64);
	kit_send_both(k, "c", ANY, NULL, global_base64);
	kit_send_both(k, "d", ANY, NULL, global_qp);
}

static void fragments(struct kit *k)
{
	struct kit_mail m = kit_mail(k);

	m.entity = kit_fmt(
		k,
		"Content-Type: message/partial; id=\"a@evil.example\"; number=1; total=2\r\n\r\n"
		"Content-Type: application/zip; name=\"a.zip\"\r\n"
		"Content-Transfer-Encoding: base64\r\n\r\n%.*s",
		STR_ARG(str_sub(kit_base64(k, fixture_zip1(k, "eicar.com", fixture_eicar(k))), 0,
				60)));
	kit_send(k, "a", &m);
	m.entity = kit_fmt(
		k,
		"Content-Type: message/partial; id=\"a@evil.example\"; number=2; "
		"total=2\r\n\r\n%.*s",
		STR_ARG(str_skip(kit_base64(k, fixture_zip1(k, "eicar.com", fixture_eicar(k))),
				 60)));
	kit_send(k, "a2", &m);
	m = kit_mail(k);
	*arena_push(k->arena, &m.parts) =
		STR("Content-Type: text/x-url\r\nContent-Disposition: attachment\r\n\r\n"
		    "[InternetShortcut]\r\nURL=http://evil.example/a.exe\r\n");
	kit_send(k, "c", &m);
	m = kit_mail(k);
	*arena_push(k->arena, &m.parts) =
		STR("Content-Type: message/external-body; access-type=anon-ftp; "
		    "site=\"ftp.evil.example\"; name=\"a.exe\"\r\n\r\nContent-Type: "
		    "application/octet-stream\r\n\r\n");
	kit_send(k, "b2", &m);
	m = kit_mail(k);
	*arena_push(k->arena, &m.parts) =
		STR("Content-Type: message/external-body; access-type=URL; "
		    "URL=\"http://evil.example/a.exe\"\r\n\r\nContent-Type: "
		    "application/octet-stream\r\n"
		    "Content-ID: <1@evil.example>\r\n\r\n");
	kit_send(k, "b", &m);
}

#define ROW(id, what, make)                                                                        \
	{                                                                                          \
		id, "structure", what, QUAR_OR_REJECT, NULL, make, false                           \
	}

const struct battery_case cases_structure[] = {
	ROW("T124", "A header line without colon", no_colon),
	ROW("T125", "Blanks before the colon", before_colon),
	ROW("T126", "Lone carriage returns", bare_cr),
	ROW("T131", "Two Content-Type fields", two_types),
	ROW("T132", "Two boundaries", two_boundaries),
	ROW("T133", "A boundary in pieces (RFC 2231)", boundary_2231),
	ROW("T134", "Quotes and comments around the boundary", boundary_quoting),
	ROW("T135", "Lines that nearly are the boundary", boundary_prefix),
	ROW("T136", "Boundary or type not declared", missing_declaration),
	ROW("T137", "No closing boundary", missing_end),
	ROW("T138", "Content before the first boundary", preamble),
	ROW("T139", "Content behind the last boundary", epilogue),
	ROW("T140", "Deep nesting, many parts", deep),
	ROW("T143", "Encoded multiparts and messages", composite_encoded),
	ROW("T165", "Fragments and external bodies", fragments),
	{ 0 }
};

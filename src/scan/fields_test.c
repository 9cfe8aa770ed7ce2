/* Forged copies of our fields are found wherever they stand; what we add cannot be broken
 * out of by a hostile HELO. */
#include "scan/fields.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

static str without(struct arena *a, str message, struct fields_cuts cuts)
{
	struct strbuf out = strbuf_make(a, message.n);
	size_t at = 0;

	for (size_t i = 0; i < cuts.n; i += 2) {
		strbuf_put(&out, str_sub(message, at, cuts.ranges[i]));
		at = cuts.ranges[i] + cuts.ranges[i + 1];
	}
	strbuf_put(&out, str_skip(message, at));
	return strbuf_str(&out);
}

static void forged_fields_are_cut_and_nothing_else(void **state)
{
	static const struct {
		str in, out;
	} cases[] = {
		{ STR("From: a@b\r\n\r\nX-Spam-Flag: in the body\r\n"),
		  STR("From: a@b\r\n\r\nX-Spam-Flag: in the body\r\n") },
		{ STR("x-spam-FLAG: NO\r\nFrom: a@b\r\n\r\n"), STR("From: a@b\r\n\r\n") },
		{ STR("From: a@b\r\nX-Poterne-Verdict: a;\r\n folded\r\n\tmore\r\nTo: c@d\r\n\r\n"),
		  STR("From: a@b\r\nTo: c@d\r\n\r\n") },
		{ STR("Authentication-Results: MX.example; spf=pass\r\n\r\n"), STR("\r\n") },
		{ STR("Authentication-Results:\r\n mx.example 1; spf=pass\r\n\r\n"), STR("\r\n") },
		{ STR("Authentication-Results: mx.example.org; spf=pass\r\n\r\n"),
		  STR("Authentication-Results: mx.example.org; spf=pass\r\n\r\n") },
		{ STR("Authentication-Results: (a \\) (b)) mx.example; spf=pass\r\n\r\n"),
		  STR("\r\n") },
		{ STR("Authentication-Results: \"mx.ex\\ample\"; spf=pass\r\n\r\n"), STR("\r\n") },
		{ STR("Authentication-Results: mx.example.; spf=pass\r\n\r\n"), STR("\r\n") },
		{ STR("Authentication-Results: mx.example(c); spf=pass\r\n\r\n"), STR("\r\n") },
		{ STR("Authentication-Results: mx.example/1; spf=pass\r\n\r\n"), STR("\r\n") },
		{ STR("Authentication-Results: mx.example=; spf=pass\r\n\r\n"), STR("\r\n") },
		{ STR("Authentication-Results: x (mx.example); spf=pass\r\n\r\n"), STR("\r\n") },
		{ STR("Authentication-Results: \x01mx.example\x01; spf=pass\r\n\r\n"),
		  STR("\r\n") },
		{ STR("Authentication-Results: m\xef\xbd\x98.example; spf=pass\r\n\r\n"),
		  STR("\r\n") },
		{ STR("Authentication-Results: a.mx.example; spf=pass\r\n\r\n"),
		  STR("Authentication-Results: a.mx.example; spf=pass\r\n\r\n") },
		{ STR("Authentication-Results: a; spf=pass smtp.helo=mx.example\r\n\r\n"),
		  STR("Authentication-Results: a; spf=pass smtp.helo=mx.example\r\n\r\n") },
		{ STR("Authentication-Results: (never closed; \\"),
		  STR("Authentication-Results: (never closed; \\") },
		{ STR("X-Poterne-Anything : x\r\n\r\n"), STR("\r\n") },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);
		struct fields_cuts cuts = fields_to_cut(a, cases[i].in, STR("mx.example"));
		str out = without(a, cases[i].in, cuts);

		assert_false(cuts.too_many);
		assert_int_equal(out.n, cases[i].out.n);
		assert_true(str_eq(out, cases[i].out));
	}
}

static void more_forged_fields_than_the_limit_are_told(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);
	struct strbuf in = strbuf_make(a, 1 << 16);

	(void)state;
	for (int i = 0; i <= FIELDS_MAX_CUTS; i++)
		strbuf_put(&in, STR("X-Spam-Flag: NO\r\n"));
	assert_true(fields_to_cut(a, strbuf_str(&in), STR("mx.example")).too_many);
}

static void a_hostile_helo_cannot_add_a_field(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);
	struct conf *conf = conf_new_default(a);
	struct envelope env = { .helo = STR("x)\r\nX-Evil: 1\r\n\r\n("),
				.client_ip = STR("192.0.2.1"),
				.mid = STR("m1"),
				.esmtp = true };
	struct auth_results auth = { .spf = { .domain = STR("a;b\r\nc"),
					      .identity = STR("mailfrom") } };
	struct verdict v = { .action = ACTION_TAG, .score = 612 };
	str added = fields_to_add(a, conf, &env, fields_results(a, conf->hostname, &auth), &v);

	(void)state;
	assert_int_equal(str_find(added, STR("\r\nX-Evil")), STR_NONE);
	assert_int_equal(str_find(added, STR("\r\n\r\n")), STR_NONE);
	assert_int_not_equal(str_find(added, STR("X-Spam-Flag: YES\r\n")), STR_NONE);
	assert_int_not_equal(str_find(added, STR("tag; score=6.12; id=m1\r\n")), STR_NONE);
	assert_true(str_ends(added, STR("\r\n")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(forged_fields_are_cut_and_nothing_else),
		cmocka_unit_test(more_forged_fields_than_the_limit_are_told),
		cmocka_unit_test(a_hostile_helo_cannot_add_a_field),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

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

static struct conf *receiver(struct arena *a)
{
	struct conf *conf = conf_new_default(a);

	conf->hostname = STR("mx.example");
	return conf;
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
		struct fields_cuts cuts = fields_to_cut(a, cases[i].in, receiver(a));
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
	for (int i = 0; i < FIELDS_MAX_CUTS; i++)
		strbuf_put(&in, STR("X-Spam-Flag: NO\r\nX: y\r\n"));
	assert_false(fields_to_cut(a, strbuf_str(&in), receiver(a)).too_many);
	strbuf_put(&in, STR("X-Spam-Flag: NO\r\n"));
	assert_true(fields_to_cut(a, strbuf_str(&in), receiver(a)).too_many);
	strbuf_clear(&in);
	for (int i = 0; i <= FIELDS_MAX_CUTS; i++)
		strbuf_put(&in, STR("X-Spam-Flag: NO\r\n"));
	assert_int_equal(fields_to_cut(a, strbuf_str(&in), receiver(a)).n, 2);
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

static void what_weighed_is_named_to_our_recipients(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 16 << 20);
	struct conf *conf = receiver(a);
	struct envelope env = { .mid = STR("m1") };
	static const struct rules_symbol one = { .name = STR("ONE") }, two = { .name = STR("TWO") },
					 no = { .name = STR("NO") };
	struct verdict v = { .action = ACTION_TAG, .score = 650 };
	str added;

	(void)state;
	*arena_push(a, &v.symbols) =
		(struct verdict_symbol){ .rule = &one, .decides = ACTION_QUARANTINE };
	*arena_push(a, &v.symbols) = (struct verdict_symbol){ .rule = &two, .score = -650 };
	*arena_push(a, &v.symbols) = (struct verdict_symbol){ .rule = &no };
	added = fields_to_add(a, conf, &env, STR("x"), &v);
	assert_int_not_equal(
		str_find(added, STR("X-Poterne-Symbols: ONE=quarantine\r\n TWO=-6.50\r\nX-")),
		STR_NONE);
	conf->fields.symbols = false;
	added = fields_to_add(a, conf, &env, STR("x"), &v);
	assert_int_equal(str_find(added, STR("Symbols")), STR_NONE);
	conf->fields.symbols = true;
	for (size_t i = 0; i < 10000; i++)
		*arena_push(a, &v.symbols) = (struct verdict_symbol){ .rule = &two, .score = 1 };
	added = fields_to_add(a, conf, &env, STR("x"), &v);
	assert_in_range(added.n, FIELDS_MAX_SYMBOL_BYTES, FIELDS_MAX_SYMBOL_BYTES + 1024);
	assert_true(str_ends(added, STR("\r\n")));
}

static void the_tag_of_a_recipient_is_shown_to_that_one_only(void **state)
{
	static const struct {
		const char *to;
		size_t n;
		enum action action;
		bool wanted;
		const char *shown; /* NULL: nothing */
	} cases[] = {
		{ "paul+rh@hopital.example", 1, ACTION_ACCEPT, true, "X-Poterne-Tag: rh\r\n" },
		{ "paul+a+b@hopital.example", 1, ACTION_ACCEPT, true, "X-Poterne-Tag: a+b\r\n" },
		{ "\"p+a\r\nX: y\"@hopital.example", 1, ACTION_ACCEPT, true,
		  "X-Poterne-Tag: a??X:?y?\r\n" },
		{ "paul+rh@hopital.example", 1, ACTION_TAG, true, NULL },
		{ "paul+rh@hopital.example", 1, ACTION_QUARANTINE, true, NULL },
		{ "paul+rh@hopital.example", 2, ACTION_ACCEPT, true, NULL },
		{ "paul+rh@hopital.example", 1, ACTION_ACCEPT, false, NULL },
		{ "paul+@hopital.example", 1, ACTION_ACCEPT, true, NULL },
		{ "+rh@hopital.example", 1, ACTION_ACCEPT, true, NULL },
		{ "paul@host+x.example", 1, ACTION_ACCEPT, true, NULL },
	};
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);
	struct conf *conf = conf_new_default(a);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		str to[] = { str_c(cases[i].to), STR("other@hopital.example") };
		struct envelope env = { .recipients = to, .n_recipients = cases[i].n };
		struct verdict v = { .action = cases[i].action };
		str added;

		conf->fields.recipient_tag = cases[i].wanted;
		added = fields_to_add(a, conf, &env, STR("x"), &v);
		if ((str_find(added, STR("X-Poterne-Tag")) != STR_NONE) != !!cases[i].shown ||
		    (cases[i].shown && str_find(added, str_c(cases[i].shown)) == STR_NONE))
			fail_msg("%s: %.*s", cases[i].to, STR_ARG(added));
	}
}

static void outgoing_mail_says_nothing_of_the_inside(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);
	struct conf *conf = receiver(a);
	const str in = STR("Received: from pc-compta (10.1.2.3) by exch.hopital.local; x\r\n"
			   "X-Mailer: Outlook 16\r\nX-MS-Exchange-Organization-SCL: 1\r\n"
			   "Subject: x\r\nX-Originating-IP: [10.1.2.3]\r\n"
			   "DKIM-Signature: v=1; h=from:x-sieve; b=\r\nX-Sieve: 3\r\n"
			   "Received: from a by b; y\r\n\r\nX-Mailer: body\r\n");
	const str kept = STR("Subject: x\r\nDKIM-Signature: v=1; h=from:x-sieve; b=\r\n"
			     "X-Sieve: 3\r\n\r\nX-Mailer: body\r\n");
	struct envelope env = { .helo = STR("pc-compta.hopital.local"),
				.client_ip = STR("10.1.2.3"),
				.mid = STR("m1") };
	struct fields_cuts cuts = fields_to_cut(a, in, conf);
	str added, out;

	(void)state;
	assert_int_equal(cuts.n, 0); /* what comes in is not cleaned */
	conf->role = CONF_ROLE_OUT;
	cuts = fields_to_cut(a, in, conf);
	out = without(a, in, cuts);
	assert_true(str_eq(out, kept));
	added = fields_to_add_out(a, conf, &env, cuts.hops);
	assert_int_equal(str_find(added, STR("hopital.local")), STR_NONE);
	assert_int_equal(str_find(added, STR("10.1.2.3")), STR_NONE);
	assert_int_equal(str_find(added, STR("X-")), STR_NONE);
	/* Ours and one for each that went: a circle still grows. */
	cuts = fields_to_cut(a, added, receiver(a));
	assert_int_equal(cuts.hops, 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(forged_fields_are_cut_and_nothing_else),
		cmocka_unit_test(more_forged_fields_than_the_limit_are_told),
		cmocka_unit_test(what_weighed_is_named_to_our_recipients),
		cmocka_unit_test(the_tag_of_a_recipient_is_shown_to_that_one_only),
		cmocka_unit_test(outgoing_mail_says_nothing_of_the_inside),
		cmocka_unit_test(a_hostile_helo_cannot_add_a_field),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "base/exact.h"
#include "mail/dsnparams.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static str repeat(struct arena *a, const char *head, char c, size_t n)
{
	struct strbuf b = strbuf_make(a, 4096);

	strbuf_put(&b, str_c(head));
	while (n-- > 0)
		strbuf_char(&b, c);
	return strbuf_str(&b);
}

static void parameters_of_mail_are_read_strictly(void **state)
{
	static const struct {
		str in;
		int want;
		enum dsnparams_ret ret;
		const char *put;
	} cases[] = {
		{ STR(""), DSNPARAMS_OK, DSNPARAMS_RET_NONE, "" },
		{ STR("  "), DSNPARAMS_OK, DSNPARAMS_RET_NONE, "" },
		{ STR("ret=full"), DSNPARAMS_OK, DSNPARAMS_RET_FULL, "RET=FULL" },
		{ STR("EnvId=QQ314159  RET=Hdrs"), DSNPARAMS_OK, DSNPARAMS_RET_HDRS,
		  "RET=HDRS ENVID=QQ314159" },
		{ STR("ENVID=a+2Bb+3Dc+20d"), DSNPARAMS_OK, DSNPARAMS_RET_NONE,
		  "ENVID=a+2Bb+3Dc+20d" },
		{ STR("RET"), DSNPARAMS_E_SYNTAX, 0, "" },
		{ STR("RET="), DSNPARAMS_E_SYNTAX, 0, "" },
		{ STR("RET=ALL"), DSNPARAMS_E_SYNTAX, 0, "" },
		{ STR("RET=FULL RET=FULL"), DSNPARAMS_E_SYNTAX, 0, "" },
		{ STR("ENVID"), DSNPARAMS_E_SYNTAX, 0, "" },
		{ STR("ENVID="), DSNPARAMS_E_SYNTAX, 0, "" },
		{ STR("ENVID=a=b"), DSNPARAMS_E_SYNTAX, 0, "" },
		{ STR("ENVID=a+2"), DSNPARAMS_E_SYNTAX, 0, "" },
		{ STR("ENVID=a+2b"), DSNPARAMS_E_SYNTAX, 0, "" },
		{ STR("ENVID=a+0D+0Ab"), DSNPARAMS_E_SYNTAX, 0, "" },
		{ STR("ENVID=a+00"), DSNPARAMS_E_SYNTAX, 0, "" },
		{ STR("ENVID=a+7F"), DSNPARAMS_E_SYNTAX, 0, "" },
		{ STR("ENVID=+C3+A9"), DSNPARAMS_E_SYNTAX, 0, "" },
		{ STR("ENVID=\xc3\xa9"), DSNPARAMS_E_SYNTAX, 0, "" },
		{ STR("ENVID=a\tb"), DSNPARAMS_E_SYNTAX, 0, "" },
		{ STR("ENVID=a ENVID=b"), DSNPARAMS_E_SYNTAX, 0, "" },
		{ STR("NOTIFY=NEVER"), DSNPARAMS_E_UNKNOWN, 0, "" },
		{ STR("=x"), DSNPARAMS_E_UNKNOWN, 0, "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 16);
		cleanup(exact_freep) str in = exact_copy(cases[i].in);
		struct strbuf put = strbuf_make(a, DSNPARAMS_MAIL_MAX);
		struct dsnparams_mail got = { 0 };

		assert_int_equal(dsnparams_parse_mail(in, &got), cases[i].want);
		assert_int_equal(got.ret, cases[i].ret);
		dsnparams_put_mail(&put, got);
		assert_true(str_eq(strbuf_str(&put), str_c(cases[i].put)));
	}
}

static void parameters_of_rcpt_are_read_strictly(void **state)
{
	static const struct {
		str in;
		int want;
		unsigned notify;
		const char *put;
	} cases[] = {
		{ STR("notify=never"), DSNPARAMS_OK, DSNPARAMS_NOTIFY_NEVER, "NOTIFY=NEVER" },
		{ STR("ORCPT=rfc822;Bob+2Bx@a.example NOTIFY=delay,Success"), DSNPARAMS_OK,
		  DSNPARAMS_NOTIFY_SUCCESS | DSNPARAMS_NOTIFY_DELAY,
		  "NOTIFY=SUCCESS,DELAY ORCPT=rfc822;Bob+2Bx@a.example" },
		{ STR("NOTIFY=FAILURE,FAILURE"), DSNPARAMS_OK, DSNPARAMS_NOTIFY_FAILURE,
		  "NOTIFY=FAILURE" },
		{ STR("ORCPT=utf-8;\xc3\xa9@b"), DSNPARAMS_OK, 0, "ORCPT=utf-8;\xc3\xa9@b" },
		{ STR("ORCPT=utf-8;\\x{E9}@b"), DSNPARAMS_OK, 0, "ORCPT=utf-8;\\x{E9}@b" },
		{ STR("ORCPT=x400;/C=fr/"), DSNPARAMS_E_SYNTAX, 0, "" },
		{ STR("NOTIFY"), DSNPARAMS_E_SYNTAX, 0, "" },
		{ STR("NOTIFY="), DSNPARAMS_E_SYNTAX, 0, "" },
		{ STR("NOTIFY=,"), DSNPARAMS_E_SYNTAX, 0, "" },
		{ STR("NOTIFY=SUCCESS,"), DSNPARAMS_E_SYNTAX, 0, "" },
		{ STR("NOTIFY=NEVER,SUCCESS"), DSNPARAMS_E_SYNTAX, 0, "" },
		{ STR("NOTIFY=ALWAYS"), DSNPARAMS_E_SYNTAX, 0, "" },
		{ STR("NOTIFY=NEVER NOTIFY=NEVER"), DSNPARAMS_E_SYNTAX, 0, "" },
		{ STR("ORCPT"), DSNPARAMS_E_SYNTAX, 0, "" },
		{ STR("ORCPT=bob@a.example"), DSNPARAMS_E_SYNTAX, 0, "" },
		{ STR("ORCPT=;bob@a.example"), DSNPARAMS_E_SYNTAX, 0, "" },
		{ STR("ORCPT=rfc822;"), DSNPARAMS_E_SYNTAX, 0, "" },
		{ STR("ORCPT=rfc+822;a"), DSNPARAMS_E_SYNTAX, 0, "" },
		{ STR("ORCPT=rfc822;a+0A"), DSNPARAMS_E_SYNTAX, 0, "" },
		{ STR("ORCPT=rfc822;\xc3\xa9@b"), DSNPARAMS_E_SYNTAX, 0, "" },
		{ STR("ORCPT=utf-8;\xc3@b"), DSNPARAMS_E_SYNTAX, 0, "" },
		{ STR("ORCPT=rfc822;a ORCPT=rfc822;a"), DSNPARAMS_E_SYNTAX, 0, "" },
		{ STR("RET=FULL"), DSNPARAMS_E_UNKNOWN, 0, "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 16);
		cleanup(exact_freep) str in = exact_copy(cases[i].in);
		struct strbuf put = strbuf_make(a, DSNPARAMS_RCPT_MAX);
		struct dsnparams_rcpt got = { 0 };

		assert_int_equal(dsnparams_parse_rcpt(in, &got), cases[i].want);
		assert_int_equal(got.notify, cases[i].notify);
		dsnparams_put_rcpt(&put, got);
		assert_true(str_eq(strbuf_str(&put), str_c(cases[i].put)));
	}
}

static void utf8_in_an_orcpt_needs_smtputf8(void **state)
{
	struct dsnparams_rcpt p = { 0 };
	str value = STR("utf-8;\xc3\xa9@b");

	(void)state;
	assert_int_equal(dsnparams_take_rcpt(&p, false, STR("ORCPT"), value), DSNPARAMS_E_SYNTAX);
	assert_null(p.orcpt.p);
	assert_int_equal(dsnparams_take_rcpt(&p, true, STR("ORCPT"), value), DSNPARAMS_OK);
}

static void the_longest_values_fit_and_longer_ones_are_refused(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 16);
	struct strbuf put = strbuf_make(a, DSNPARAMS_RCPT_MAX);
	struct dsnparams_mail m;
	struct dsnparams_rcpt r;

	(void)state;
	assert_int_equal(dsnparams_parse_mail(repeat(a, "RET=FULL ENVID=", 'x', 100), &m),
			 DSNPARAMS_OK);
	assert_int_equal(dsnparams_parse_mail(repeat(a, "ENVID=", 'x', 101), &m),
			 DSNPARAMS_E_SYNTAX);
	assert_int_equal(
		dsnparams_parse_rcpt(
			repeat(a, "NOTIFY=SUCCESS,FAILURE,DELAY ORCPT=rfc822;", 'x', 493), &r),
		DSNPARAMS_OK);
	dsnparams_put_rcpt(&put, r);
	assert_false(put.overflow);
	assert_int_equal(put.n, DSNPARAMS_RCPT_MAX);
	assert_int_equal(dsnparams_parse_rcpt(repeat(a, "ORCPT=rfc822;", 'x', 494), &r),
			 DSNPARAMS_E_SYNTAX);
}

static void xtext_is_decoded(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 16);
	struct strbuf out = strbuf_make(a, 100);

	(void)state;
	assert_true(dsnparams_decode(STR("rfc822;a+2Bb+3D@c+20d"), &out));
	assert_true(str_eq(strbuf_str(&out), STR("rfc822;a+b=@c d")));
	assert_false(dsnparams_decode(STR("a+"), &out));
	assert_false(dsnparams_decode(STR("a+4"), &out));
	assert_false(dsnparams_decode(STR("a+4g"), &out));
	assert_false(dsnparams_decode(STR("a b"), &out));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parameters_of_mail_are_read_strictly),
		cmocka_unit_test(parameters_of_rcpt_are_read_strictly),
		cmocka_unit_test(utf8_in_an_orcpt_needs_smtputf8),
		cmocka_unit_test(the_longest_values_fit_and_longer_ones_are_refused),
		cmocka_unit_test(xtext_is_decoded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

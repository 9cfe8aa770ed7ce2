#include "base/exact.h"
#include "base/strbuf.h"
#include "mime/params.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void values_are_found_and_decoded(void **state)
{
	static const struct {
		str in, value, name, want;
	} cases[] = {
		{ STR("text/plain; charset=utf-8"), STR("text/plain"), STR("charset"),
		  STR("utf-8") },
		{ STR("text/plain (c) ; CharSet = \"utf-8\" (x)"), STR("text/plain"),
		  STR("charset"), STR("utf-8") },
		{ STR("a;b=\"x\\\"y;z\";c=d"), STR("a"), STR("b"), STR("x\"y;z") },
		{ STR("a;b=\"x;y\" junk;c=d"), STR("a"), STR("c"), STR("d") },
		{ STR("a;b=\"open"), STR("a"), STR("b"), STR("open") },
		{ STR("a;b=\"open\\"), STR("a"), STR("b"), STR("open\\") },
		{ STR("a;;; ;b=c"), STR("a"), STR("b"), STR("c") },
		{ STR("a;b;c=d"), STR("a"), STR("c"), STR("d") },
		{ STR("a; b=my file.txt"), STR("a"), STR("b"), STR("my file.txt") },
		{ STR("a; b=1; b=2"), STR("a"), STR("b"), STR("1") },
		{ STR("a; b==?utf-8?Q?=C3=A9?="), STR("a"), STR("b"), STR("\xc3\xa9") },
		{ STR("a; b*=utf-8'fr'%C3%A9"), STR("a"), STR("b"), STR("\xc3\xa9") },
		{ STR("a; b*=iso-8859-1''%E9"), STR("a"), STR("b"), STR("\xc3\xa9") },
		{ STR("a; b*=nothing"), STR("a"), STR("b"), STR("nothing") },
		{ STR("a; b*=utf-8''%ZZ%4"), STR("a"), STR("b"), STR("%ZZ%4") },
		{ STR("a; b*0=x; b*1=y; b*2=z"), STR("a"), STR("b"), STR("xyz") },
		{ STR("a; b*1=y; b*0=x"), STR("a"), STR("b"), STR("xy") },
		{ STR("a; b*0=x; b*2=z"), STR("a"), STR("b"), STR("x") },
		{ STR("a; b*0*=utf-8''%C3; b*1*=%A9; b*2=\"%41\""), STR("a"), STR("b"),
		  STR("\xc3\xa9%41") },
		{ STR("a; b=plain; b*=utf-8''best"), STR("a"), STR("b"), STR("best") },
		{ STR("a; b*99999999999999999999=x; b=y"), STR("a"), STR("b"), STR("y") },
		{ STR(""), STR(""), STR("b"), STR("") },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);
		cleanup(charset_close) struct charsets c = { 0 };
		cleanup(exact_freep) str in = exact_copy(cases[i].in);
		struct params p;
		str got;

		params_parse(a, in, &p);
		got = params_get_text(&p, &c, a, cases[i].name);
		if (!str_eq(got, cases[i].want))
			print_error("case %zu: \"%.*s\"\n", i, STR_ARG(got));
		assert_true(str_eq(p.value, cases[i].value));
		assert_true(str_eq(got, cases[i].want));
	}
}

static void a_charset_without_ascii_letters_is_odd(void **state)
{
	static const struct {
		str in;
		bool odd;
	} cases[] = {
		{ STR("a; b=x"), false },
		{ STR("a; b*=us-ascii'en'x"), false },
		{ STR("a; b*=''x"), false },
		{ STR("a; b*0*=utf-8''x; b*1*=y"), false },
		{ STR("a; b*=utf-16be''%00x"), true },
		{ STR("a; b*=x"), true },
		{ STR("a; c*=x; b=y"), false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);
		struct params p;

		params_parse(a, cases[i].in, &p);
		assert_int_equal(params_odd_charset(&p, STR("b")), cases[i].odd);
	}
}

static void two_different_values_are_a_conflict(void **state)
{
	static const struct {
		str in;
		bool conflict;
	} cases[] = {
		{ STR("a; b=x"), false },
		{ STR("a; b=x; b=x"), false },
		{ STR("a; b=x; b=y"), true },
		{ STR("a; b=x; b*=utf-8''x"), false },
		{ STR("a; b=x; b*=utf-8''y"), true },
		{ STR("a; c=x"), false },
		{ STR("a; b=\"x\""), false },
		{ STR("a; b=\"x\" (y)"), false },
		{ STR("a; b=\"x\"y"), true },
		{ STR("a; c=\"x\"y; b=x"), false },
		{ STR("a; b*00=x; b*01=y"), true },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);
		cleanup(charset_close) struct charsets c = { 0 };
		struct params p;

		params_parse(a, cases[i].in, &p);
		assert_int_equal(params_conflict(&p, &c, a, STR("b")), cases[i].conflict);
	}
}

static void the_list_is_cut_at_its_maximum(void **state)
{
	(void)state;
	for (size_t over = 0; over < 2; over++) {
		cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);
		struct strbuf b = strbuf_make(a, 10000);
		struct params p;

		strbuf_put(&b, STR("a"));
		for (size_t i = 0; i < PARAMS_MAX + over; i++)
			strbuf_fmt(&b, ";p%zu=v", i);
		params_parse(a, strbuf_str(&b), &p);
		assert_int_equal(p.list.n, PARAMS_MAX);
		assert_int_equal(p.cut, over);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_are_found_and_decoded),
		cmocka_unit_test(a_charset_without_ascii_letters_is_odd),
		cmocka_unit_test(two_different_values_are_a_conflict),
		cmocka_unit_test(the_list_is_cut_at_its_maximum),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

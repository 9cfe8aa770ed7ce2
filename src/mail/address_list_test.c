#include "base/exact.h"
#include "mail/address_list.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

struct box {
	str display, local, domain;
};

static void headers_are_read_as_clients_show_them(void **state)
{
	static const struct {
		str in;
		struct box want[4]; /* up to one without display and local */
	} cases[] = {
		{ STR("a@b"), { { STR(""), STR("a"), STR("b") } } },
		{ STR("Jean Dupont <j@x.example>"),
		  { { STR("Jean Dupont"), STR("j"), STR("x.example") } } },
		{ STR("\"Dupont, Jean\" <j@x>, k@y"),
		  { { STR("Dupont, Jean"), STR("j"), STR("x") },
		    { STR(""), STR("k"), STR("y") } } },
		{ STR("a@b (Jean (le grand) \\) Dupont)"),
		  { { STR("Jean (le grand) ) Dupont"), STR("a"), STR("b") } } },
		{ STR("Amis: a@b, c@d; e@f"),
		  { { STR(""), STR("a"), STR("b") },
		    { STR(""), STR("c"), STR("d") },
		    { STR(""), STR("e"), STR("f") } } },
		{ STR("undisclosed-recipients:;"), { { STR(""), STR(""), STR("") } } },
		{ STR("<@r.example,@s:j@x>"), { { STR(""), STR("j"), STR("x") } } },
		{ STR("\"a b\"@c"), { { STR(""), STR("a b"), STR("c") } } },
		{ STR("\"x@y.example\" <j@z>"), { { STR("x@y.example"), STR("j"), STR("z") } } },
		{ STR("x@y.example <j@z>"), { { STR("x@y.example"), STR("j"), STR("z") } } },
		{ STR("Jean j@x"), { { STR("Jean"), STR("j"), STR("x") } } },
		{ STR("a @ b (c)"), { { STR("c"), STR("a"), STR("b") } } },
		{ STR("a@b . c"),
		  { { STR(""), STR("a"), STR("b.c") }, { STR(""), STR("a"), STR("b") } } },
		{ STR("N <a@b. c>"),
		  { { STR("N"), STR("a"), STR("b.c") }, { STR("N"), STR("a"), STR("b.") } } },
		{ STR("a@b (x) .c"),
		  { { STR("x"), STR("a"), STR("b.c") }, { STR("x"), STR("a"), STR("b") } } },
		{ STR("J. P. <a@b>"), { { STR("J. P."), STR("a"), STR("b") } } },
		{ STR("a@b@c"), { { STR(""), STR("a@b"), STR("c") } } },
		{ STR("Jean <j@x, k@y"),
		  { { STR("Jean"), STR("j"), STR("x") }, { STR(""), STR("k"), STR("y") } } },
		{ STR("<a@b> <c@d>"),
		  { { STR(""), STR("a"), STR("b") }, { STR(""), STR("c"), STR("d") } } },
		{ STR(",, ,a@b,;"), { { STR(""), STR("a"), STR("b") } } },
		{ STR("Jean"), { { STR("Jean"), STR(""), STR("") } } },
		{ STR("a\0\x01@b"), { { STR(""), STR("a"), STR("b") } } },
		{ STR("\"open <a@b>"), { { STR("open"), STR("a"), STR("b") } } },
		{ STR("\"a\" <\"b@c>, d@e"),
		  { { STR("a"), STR("b"), STR("c") }, { STR(""), STR("d"), STR("e") } } },
		{ STR("(open <a@b>"), { { STR(""), STR(""), STR("") } } },
		{ STR(""), { { STR(""), STR(""), STR("") } } },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 16);
		cleanup(exact_freep) str in = exact_copy(cases[i].in);
		struct address_list list;
		size_t n = 0;

		address_list_parse(a, in, 10, &list);
		while (n < 4 && cases[i].want[n].display.n + cases[i].want[n].local.n)
			n++;
		assert_int_equal(list.boxes.n, n);
		for (size_t k = 0; k < n; k++) {
			assert_true(str_eq(list.boxes.v[k].display, cases[i].want[k].display));
			assert_true(str_eq(list.boxes.v[k].address.local, cases[i].want[k].local));
			assert_true(
				str_eq(list.boxes.v[k].address.domain, cases[i].want[k].domain));
		}
	}
}

static void the_list_is_cut_at_its_maximum(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 16);
	struct address_list list;

	(void)state;
	address_list_parse(a, STR("a@b, c@d, e@f"), 3, &list);
	assert_int_equal(list.boxes.n, 3);
	assert_false(list.cut);
	address_list_parse(a, STR("a@b, c@d, e@f"), 2, &list);
	assert_int_equal(list.boxes.n, 2);
	assert_true(list.cut);
}

static void what_hides_in_an_address_is_told(void **state)
{
	static const struct {
		str in;
		bool obsolete;
	} cases[] = {
		{ STR("Jean <j@x.example>"), false },
		{ STR("\"j@y.example\" <j@x.example>"), false },
		{ STR("Jean (le grand) <j@x.example>"), false },
		{ STR("j@x.example (Jean @ work)"), false },
		{ STR("\"a b\"@x.example"), false },
		{ STR("<@r.example:j@x.example>"), true },
		{ STR("j(@y.example)@x.example"), true },
		{ STR("<j(@y.example)@x.example>"), true },
		{ STR("\"j@y.example\"@x.example"), true },
		{ STR("A <\"j@y.example\"@x.example>"), true },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);
		struct address_list list;

		address_list_parse(a, cases[i].in, 10, &list);
		assert_int_equal(list.boxes.n, 1);
		assert_int_equal(list.boxes.v[0].obsolete, cases[i].obsolete);
		assert_true(str_eq(list.boxes.v[0].address.domain, STR("x.example")));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_hides_in_an_address_is_told),
		cmocka_unit_test(headers_are_read_as_clients_show_them),
		cmocka_unit_test(the_list_is_cut_at_its_maximum),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

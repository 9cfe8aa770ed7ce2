#include "base/exact.h"
#include "base/str.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void slices_compare_by_bytes_and_by_ascii_case(void **state)
{
	static const struct {
		str a, b;
		bool eq, caseeq;
		int cmp;
	} cases[] = {
		{ STR(""), STR(""), true, true, 0 },
		{ { NULL, 0 }, STR(""), true, true, 0 },
		{ STR("a"), STR("a"), true, true, 0 },
		{ STR("a"), STR("A"), false, true, 1 },
		{ STR("a"), STR("ab"), false, false, -1 },
		{ STR("a\0b"), STR("a\0c"), false, false, -1 },
		{ STR("\xc3\xa9"), STR("\xc3\x89"), false, false, 1 },
		{ STR("["), STR("{"), false, false, -1 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		cleanup(exact_freep) str a = exact_copy(cases[i].a);
		int cmp = str_cmp(a, cases[i].b);

		assert_int_equal(str_eq(a, cases[i].b), cases[i].eq);
		assert_int_equal(str_caseeq(a, cases[i].b), cases[i].caseeq);
		assert_int_equal((cmp > 0) - (cmp < 0), cases[i].cmp);
	}
}

static void prefixes_and_suffixes_are_found(void **state)
{
	cleanup(exact_freep) str s = exact_copy(STR("Content-Type"));

	(void)state;
	assert_true(str_starts(s, STR("Content")));
	assert_false(str_starts(s, STR("content")));
	assert_true(str_casestarts(s, STR("content")));
	assert_false(str_starts(s, STR("Content-Types")));
	assert_true(str_starts(s, STR("")));
	assert_true(str_ends(s, STR("Type")));
	assert_false(str_ends(s, STR("type")));
	assert_true(str_caseends(s, STR("type")));
	assert_false(str_ends(s, STR("xContent-Type")));
	assert_true(str_ends(STR_NULL, STR("")));
}

static void searches_answer_none_when_nothing_is_there(void **state)
{
	cleanup(exact_freep) str s = exact_copy(STR("abcABCabc"));

	(void)state;
	assert_int_equal(str_find(s, STR("ABC")), 3);
	assert_int_equal(str_find(s, STR("bca")), STR_NONE);
	assert_int_equal(str_find(s, STR("")), 0);
	assert_int_equal(str_find(s, STR("abcABCabcd")), STR_NONE);
	assert_int_equal(str_casefind(s, STR("CABCa")), 2);
	assert_int_equal(str_casefind(s, STR("zz")), STR_NONE);
	assert_int_equal(str_casefind(STR("x;;Base64;base64,y"), STR(";base64,")), 9);
	assert_int_equal(str_casefind(STR(";base64"), STR(";base64,")), STR_NONE);
	assert_int_equal(str_casefind(STR("4,base64,"), STR("base64,")), 2);
	assert_int_equal(str_casefind(STR("ab,"), STR("xab,")), STR_NONE);
	assert_int_equal(str_casefind(STR("<sv<SVG"), STR("<svg")), 3);
	assert_int_equal(str_casefind(STR(""), STR("")), 0);
	assert_int_equal(str_casefind(STR("a"), STR("ab")), STR_NONE);
	assert_int_equal(str_chr(s, 'c'), 2);
	assert_int_equal(str_rchr(s, 'c'), 8);
	assert_int_equal(str_chr(s, 'z'), STR_NONE);
	assert_int_equal(str_chr(STR_NULL, 'z'), STR_NONE);
	assert_int_equal(str_rchr(STR_NULL, 'z'), STR_NONE);
}

static void cuts_are_clamped_into_the_slice(void **state)
{
	cleanup(exact_freep) str s = exact_copy(STR("12345"));

	(void)state;
	assert_true(str_eq(str_sub(s, 1, 3), STR("23")));
	assert_true(str_eq(str_sub(s, 3, 1), STR("")));
	assert_true(str_eq(str_sub(s, 0, STR_NONE), STR("12345")));
	assert_true(str_eq(str_skip(s, 9), STR("")));
	assert_true(str_eq(str_skip(s, 4), STR("5")));
	assert_int_equal(str_sub(STR_NULL, 1, 3).n, 0);
	assert_true(str_eq(str_trim(STR(" \t\r\na b\n")), STR("a b")));
	assert_true(str_eq(str_trim(STR(" \t ")), STR("")));
}

static void splitting_gives_every_piece_once(void **state)
{
	str rest = STR("a,,b,"), head;
	static const str wanted[] = { STR("a"), STR(""), STR("b"), STR("") };
	size_t n = 0;

	(void)state;
	while (str_split(&rest, ',', &head)) {
		assert_true(n < ARRAY_LEN(wanted));
		assert_true(str_eq(head, wanted[n++]));
	}
	assert_int_equal(n, ARRAY_LEN(wanted));
	assert_null(rest.p);
	assert_false(str_split(&rest, ',', &head));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(slices_compare_by_bytes_and_by_ascii_case),
		cmocka_unit_test(prefixes_and_suffixes_are_found),
		cmocka_unit_test(searches_answer_none_when_nothing_is_there),
		cmocka_unit_test(cuts_are_clamped_into_the_slice),
		cmocka_unit_test(splitting_gives_every_piece_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

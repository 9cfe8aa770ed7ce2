#include "base/exact.h"
#include "base/utf8.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void only_what_rfc_3629_allows_is_valid(void **state)
{
	static const struct {
		str in;
		bool valid;
	} cases[] = {
		{ STR(""), true },
		{ STR("a\0b"), true },
		{ STR("\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80"), true },
		{ STR("\xf4\x8f\xbf\xbf"), true },
		{ STR("\xf4\x90\x80\x80"), false }, /* above U+10FFFF */
		{ STR("\xc0\x80"), false },	    /* overlong */
		{ STR("\xe0\x80\x80"), false },
		{ STR("\xf0\x80\x80\x80"), false },
		{ STR("\xed\xa0\x80"), false }, /* surrogate */
		{ STR("\x80"), false },
		{ STR("\xc3"), false },
		{ STR("\xe2\x82"), false },
		{ STR("\xc3("), false },
		{ STR("\xff"), false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		cleanup(exact_freep) str in = exact_copy(cases[i].in);

		assert_int_equal(utf8_valid(in), cases[i].valid);
	}
}

static void every_character_survives_the_way_there_and_back(void **state)
{
	(void)state;
	for (uint32_t cp = 0; cp <= 0x110100; cp++) {
		bool is_char = cp <= 0x10ffff && !(cp >= 0xd800 && cp <= 0xdfff);
		uint32_t back = 0;
		char out[4];
		size_t n = utf8_encode(cp, out);

		assert_int_equal(utf8_next(str_of(out, n), &back), n);
		assert_int_equal(back, is_char ? cp : 0xfffd);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_what_rfc_3629_allows_is_valid),
		cmocka_unit_test(every_character_survives_the_way_there_and_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "base/exact.h"
#include "base/utf8.h"
#include "mime/charset.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void mail_charsets_become_utf8(void **state)
{
	static const struct {
		str name, in, out;
		bool known;
	} cases[] = {
		{ STR(""), STR("abc"), STR("abc"), true },
		{ STR("us-ascii"), STR("\xc3\xa9"), STR("\xc3\xa9"), true },
		{ STR("us-ascii"), STR("\xe9"), STR("\xc3\xa9"), true },
		{ STR("UTF-8"), STR("\xc3\xa9"), STR("\xc3\xa9"), true },
		{ STR("utf8"), STR("a\xff"), STR("a\xef\xbf\xbd"), true },
		{ STR("iso-8859-1"), STR("\xe9\x80"), STR("\xc3\xa9\xe2\x82\xac"), true },
		{ STR("iso-8859-15"), STR("\xa4"), STR("\xe2\x82\xac"), true },
		{ STR("koi8-r"), STR("\xc1"), STR("\xd0\xb0"), true },
		{ STR("utf-16"), STR("\xfe\xff\0a\xd8\x3d\xde\0"), STR("a\xf0\x9f\x98\x80"), true },
		{ STR("gb18030"), STR("\xc4\xe3"), STR("\xe4\xbd\xa0"), true },
		{ STR("shift_jis"), STR("\x93\xfa"), STR("\xe6\x97\xa5"), true },
		{ STR("klingon"), STR("\xe9"), STR("\xc3\xa9"), false },
		{ STR("klingon"), STR("\xc3\xa9"), STR("\xc3\xa9"), false },
		{ STR("utf-16,version=1"), STR("a"), STR("a"), false },
		{ STR("../../etc/passwd"), STR("a"), STR("a"), false },
		{ STR("\0"), STR("a"), STR("a"), false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);
		cleanup(charset_close) struct charsets c = { 0 };
		cleanup(exact_freep) str in = exact_copy(cases[i].in);
		str text;

		assert_int_equal(charset_to_utf8(&c, a, cases[i].name, in, &text), cases[i].known);
		assert_true(str_eq(text, cases[i].out));
	}
}

static void more_charsets_than_are_kept_open_still_work(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);
	cleanup(charset_close) struct charsets c = { 0 };
	str text;

	(void)state;
	for (int round = 0; round < 3; round++) {
		for (int n = 2; n <= 15; n++) {
			str name = arena_fmt(a, "iso-8859-%d", n);

			if (n == 12)
				continue; /* there is none */
			assert_true(charset_to_utf8(&c, a, name, STR("\xe9"), &text));
			assert_true(utf8_valid(text));
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(mail_charsets_become_utf8),
		cmocka_unit_test(more_charsets_than_are_kept_open_still_work),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

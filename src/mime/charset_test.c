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
		{ STR("utf-8;"), STR("\xc3\xa9"), STR("\xc3\xa9"), true },
		{ STR("\"utf-8\""), STR("\xc3\xa9"), STR("\xc3\xa9"), true },
		{ STR("x-unknown"), STR("\xe9"), STR("\xc3\xa9"), false },
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

/* What a client shows may differ from what is declared. */
static void bytes_are_read_as_what_they_are(void **state)
{
	static const struct {
		str name, in, out;
		uint32_t flags;
	} cases[] = {
		{ STR(""), STR("abc"), STR("abc"), 0 },
		{ STR(""), STR("\xe9t\xe9"), STR("\xc3\xa9t\xc3\xa9"), CHARSET_ABSENT },
		{ STR("utf-8"), STR("\xc3\xa9"), STR("\xc3\xa9"), 0 },
		{ STR("iso-8859-1"), STR("\xe9"), STR("\xc3\xa9"), 0 },
		{ STR("iso-8859-1"), STR("\xc3\xa9"), STR("\xc3\x83\xc2\xa9"), CHARSET_DOUBTFUL },
		{ STR("iso-8859-1"), STR("\xef\xbb\xbf\xc3\xa9"), STR("\xc3\xa9"), 0 },
		{ STR(""),
		  STR("\xff\xfe"
		      "a\0b\0"),
		  STR("ab"), 0 },
		{ STR("utf-8"), STR("\xfe\xff\0a\0b"), STR("ab"), 0 },
		{ STR("utf-16"), STR("p\0a\0s\0s\0"), STR("pass"),
		  CHARSET_UTF16 | CHARSET_GUESSED },
		{ STR(""), STR("\0p\0a\0s\0s"), STR("pass"), CHARSET_UTF16 | CHARSET_GUESSED },
		{ STR("utf-7"), STR("+ADw-b+AD4-"), STR("<b>"), CHARSET_UTF7 },
		{ STR("us-ascii"), STR("+ADw-b+AD4-"), STR("+ADw-b+AD4-"), 0 },
		{ STR("us-ascii"), STR("\033$BF|K\\\033(B"), STR("\xe6\x97\xa5\xe6\x9c\xac"),
		  CHARSET_GUESSED },
		{ STR("utf-8"),
		  STR("\xc0\xbc"
		      "b\xe0\x80\xbe\xc3\xa9"),
		  STR("<b>\xc3\xa9"), CHARSET_OVERLONG },
		{ STR("utf-8"), STR("\xc0\xbc\xff"), STR("\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"),
		  0 },
		{ STR("klingon"), STR("abc"), STR("abc"), CHARSET_UNKNOWN },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);
		cleanup(charset_close) struct charsets c = { 0 };
		cleanup(exact_freep) str in = exact_copy(cases[i].in);
		str text;

		assert_int_equal(charset_read(&c, a, cases[i].name, in, &text), cases[i].flags);
		assert_true(str_eq(text, cases[i].out));
	}
}

static void unlabelled_foreign_text_is_detected(void **state)
{
	/* A sentence in Russian, in the charset of old Russian mail. */
	static const str koi8 =
		STR("\xf0\xd2\xc9\xd7\xc5\xd4, \xcb\xc1\xcb \xd5 \xd4\xc5\xc2\xd1 "
		    "\xc4\xc5\xcc\xc1 \xc9 \xde\xd4\xcf \xce\xcf\xd7\xcf\xc7\xcf "
		    "\xd3\xc5\xc7\xcf\xc4\xce\xd1 \xce\xc1 \xd2\xc1\xc2\xcf\xd4\xc5");
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);
	cleanup(charset_close) struct charsets c = { 0 };
	str text;

	(void)state;
	assert_int_equal(charset_read(&c, a, STR(""), koi8, &text),
			 CHARSET_ABSENT | CHARSET_GUESSED);
	assert_true(str_starts(text, STR("\xd0\x9f\xd1\x80\xd0\xb8\xd0\xb2")));
}

static void ascii_that_a_charset_makes_something_else_of_is_seen(void **state)
{
	static const struct {
		str name, in;
		bool disguised;
	} cases[] = {
		{ STR("ibm037"), STR("<a href='http://a.example/'>x</a>"), true },
		{ STR("utf-16"), STR("<a href='http://a.example/'>x</a>"), true },
		{ STR("utf-32"), STR("<a href='http://a.example/'>x</a>"), true },
		{ STR("hz-gb-2312"), STR("~{<a href='http://a.example/'>~}"), true },
		/* an escape sequence that the declared charset does not know */
		{ STR("utf-8"), STR("\033$B<a href='http://a.example/'>x</a>"), true },
		{ STR("utf-8"), STR("\0a\0a\0a\0a\0a\0a\0a\0a<a href="), true },
		{ STR("iso-2022-jp-2"), STR("\033$A<a href='http://a.example/'>x</a>"), true },
		{ STR("ibm037"), STR("\xc8\x85\x93\x93\x96@@@@@@@@@@@@@@@@\xc8\x85"), false },
		{ STR("utf-16"), STR("p\0a\0s\0s\0w\0o\0r\0d\0s\0"), false },
		{ STR("iso-2022-jp"), STR("\033$BF|K\\F|K\\F|K\\\033(B"), false },
		{ STR("shift_jis"),
		  STR("\x93\xfa\x83"
		      "abcdefghij"),
		  false },
		{ STR("iso-8859-1"), STR("d\xe9j\xe0 vu et revu, d\xe9j\xe0"), false },
		{ STR("klingon"), STR("d\xe9j\xe0 vu et revu"), false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);
		cleanup(charset_close) struct charsets c = { 0 };
		cleanup(exact_freep) str in = exact_copy(cases[i].in);
		str text;
		uint32_t flags = charset_read(&c, a, cases[i].name, in, &text);

		if (((flags & CHARSET_DISGUISED) != 0) != cases[i].disguised)
			print_error("case %zu\n", i);
		assert_int_equal((flags & CHARSET_DISGUISED) != 0, cases[i].disguised);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(mail_charsets_become_utf8),
		cmocka_unit_test(more_charsets_than_are_kept_open_still_work),
		cmocka_unit_test(bytes_are_read_as_what_they_are),
		cmocka_unit_test(unlabelled_foreign_text_is_detected),
		cmocka_unit_test(ascii_that_a_charset_makes_something_else_of_is_seen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

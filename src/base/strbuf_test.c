#include "base/exact.h"
#include "base/strbuf.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void text_is_appended_up_to_the_maximum(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);
	struct strbuf b = strbuf_make(a, 10);

	(void)state;
	strbuf_put(&b, STR("12345"));
	strbuf_put(&b, STR("67890"));
	assert_false(b.overflow);
	assert_true(str_eq(strbuf_str(&b), STR("1234567890")));
	strbuf_char(&b, 'x');
	assert_true(b.overflow);
	strbuf_put(&b, STR(""));
	assert_true(str_eq(strbuf_str(&b), STR("1234567890")));
	strbuf_clear(&b);
	assert_false(b.overflow);
	strbuf_put(&b, STR("abc"));
	assert_true(str_eq(strbuf_str(&b), STR("abc")));
}

static void what_does_not_fit_whole_changes_nothing_and_stays_refused(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);
	struct strbuf b = strbuf_make(a, 4);

	(void)state;
	strbuf_put(&b, STR("abc"));
	strbuf_put(&b, STR("de"));
	assert_true(b.overflow);
	strbuf_char(&b, 'd'); /* would fit, but order would be lost */
	strbuf_fmt(&b, "%d", 1);
	assert_true(str_eq(strbuf_str(&b), STR("abc")));
}

static void numbers_are_written_in_decimal(void **state)
{
	static const int64_t numbers[] = { 0, 7, 10, -1, 1234567890, INT64_MAX, INT64_MIN };
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(numbers); i++) {
		struct strbuf b = strbuf_make(a, 100), c = strbuf_make(a, 100);

		strbuf_int(&b, numbers[i]);
		strbuf_fmt(&c, "%lld", (long long)numbers[i]);
		assert_true(str_eq(strbuf_str(&b), strbuf_str(&c)));
	}
}

static void numbers_are_written_low_byte_first(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);
	struct strbuf b = strbuf_make(a, 100);

	(void)state;
	strbuf_le(&b, 0x0102, 2);
	strbuf_le(&b, 0x1122334455667788, 8);
	strbuf_le(&b, 0xabcd, 1);
	assert_true(str_eq(strbuf_str(&b), STR("\x02\x01\x88\x77\x66\x55\x44\x33\x22\x11\xcd")));
}

static void characters_are_written_as_utf8(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);
	struct strbuf b = strbuf_make(a, 100);

	(void)state;
	strbuf_utf8(&b, 'a');
	strbuf_utf8(&b, 0xe9);
	strbuf_utf8(&b, 0x20ac);
	strbuf_utf8(&b, 0x1f600);
	strbuf_utf8(&b, 0xd800);
	strbuf_utf8(&b, 0x110000);
	assert_true(str_eq(strbuf_str(&b), STR("a\u00e9\u20ac\U0001f600\ufffd\ufffd")));
}

static void reserving_changes_nothing_but_the_room(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);
	struct strbuf b = strbuf_make(a, 1000);
	const char *p;

	(void)state;
	strbuf_put(&b, STR("abc"));
	strbuf_reserve(&b, SIZE_MAX);
	assert_false(b.overflow);
	assert_int_equal(b.n, 3);
	p = b.p;
	for (int i = 0; i < 997; i++)
		strbuf_char(&b, 'x');
	assert_false(b.overflow);
	assert_ptr_equal(b.p, p);
}

static void formats_of_any_length_are_whole(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);
	struct strbuf b = strbuf_make(a, 1 << 16);

	(void)state;
	for (int n = 250; n < 262; n++) {
		strbuf_clear(&b);
		strbuf_fmt(&b, "%*d", n, 7);
		assert_int_equal(b.n, n);
		assert_int_equal(b.p[n - 1], '7');
	}
	strbuf_clear(&b);
	strbuf_fmt(&b, "%*d", 1 << 17, 7);
	assert_true(b.overflow);
	assert_int_equal(b.n, 0);
}

static void json_strings_are_escaped(void **state)
{
	static const struct {
		str in, out;
	} cases[] = {
		{ STR(""), STR("\"\"") },
		{ STR("a\"b\\c"), STR("\"a\\\"b\\\\c\"") },
		{ STR("\n\r\t\b\0\x7f"), STR("\"\\n\\r\\t\\u0008\\u0000\\u007f\"") },
		{ STR("\xc3\xa9"), STR("\"\xc3\xa9\"") },
		{ STR("\xc3"), STR("\"\xef\xbf\xbd\"") },
		{ STR("\xed\xa0\x80"), STR("\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"") },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);
		cleanup(exact_freep) str in = exact_copy(cases[i].in);
		struct strbuf b = strbuf_make(a, 100);

		strbuf_json(&b, in);
		assert_true(str_eq(strbuf_str(&b), cases[i].out));
	}
}

static void printable_text_shows_hostile_bytes_as_hexadecimal(void **state)
{
	static const struct {
		str in, out;
	} cases[] = {
		{ STR("caf\xc3\xa9"), STR("caf\xc3\xa9") }, { STR("a\x1b[31m"), STR("a\\x1b[31m") },
		{ STR("\r\n"), STR("\\x0d\\x0a") },	    { STR("\xff\xc3"), STR("\\xff\\xc3") },
		{ STR("\xc2\x9b"), STR("\\xc2\\x9b") }, /* CSI in one character */
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);
		cleanup(exact_freep) str in = exact_copy(cases[i].in);
		struct strbuf b = strbuf_make(a, 100);

		strbuf_printable(&b, in);
		assert_true(str_eq(strbuf_str(&b), cases[i].out));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_is_appended_up_to_the_maximum),
		cmocka_unit_test(what_does_not_fit_whole_changes_nothing_and_stays_refused),
		cmocka_unit_test(numbers_are_written_in_decimal),
		cmocka_unit_test(numbers_are_written_low_byte_first),
		cmocka_unit_test(characters_are_written_as_utf8),
		cmocka_unit_test(reserving_changes_nothing_but_the_room),
		cmocka_unit_test(formats_of_any_length_are_whole),
		cmocka_unit_test(json_strings_are_escaped),
		cmocka_unit_test(printable_text_shows_hostile_bytes_as_hexadecimal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

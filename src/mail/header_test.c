#include "base/exact.h"
#include "mail/header.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void fields_are_split_with_their_lines(void **state)
{
	cleanup(exact_freep) str in =
		exact_copy(STR("Subject: a\r\n b\r\nX :y\r\n\r\nBody: no\r\n"));
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 16);
	struct header_reader r = header_reader_make(in);
	struct header_field f;

	(void)state;
	assert_true(header_next(&r, &f));
	assert_true(str_eq(f.name, STR("Subject")));
	assert_true(str_eq(f.raw, STR(" a\r\n b")));
	assert_true(str_eq(header_unfold(a, f.raw), STR("a b")));
	assert_int_equal(f.line, 1);
	assert_int_equal(f.flags, 0);
	assert_true(header_next(&r, &f));
	assert_true(str_eq(f.name, STR("X")));
	assert_true(str_eq(f.raw, STR("y")));
	assert_int_equal(f.line, 3);
	assert_false(header_next(&r, &f));
	assert_true(str_eq(header_body(&r), STR("Body: no\r\n")));
	assert_true(str_eq(header_find(a, in, STR("SUBJECT")), STR("a b")));
	assert_null(header_find(a, in, STR("body")).p);
}

static void what_is_wrong_with_a_field_is_flagged(void **state)
{
	static const struct {
		str in;
		uint32_t flags;
	} cases[] = {
		{ STR("A: b\r\n"), 0 },
		{ STR("A: b\n"), HEADER_BARE_LF },
		{ STR("A: b"), 0 },
		{ STR("A: \xc3\xa9\r\n"), HEADER_8BIT },
		{ STR("A: \0\r\n"), HEADER_NUL },
		{ STR("A: b\rc\r\n"), HEADER_BARE_CR },
		{ STR("A: b\r\r\n"), HEADER_BARE_CR },
		{ STR("nonsense\r\n"), HEADER_NO_COLON },
		{ STR(": empty\r\n"), HEADER_NO_COLON },
		{ STR(" continued: nothing\r\n"), HEADER_BAD_NAME },
		{ STR("A B: c\r\n"), HEADER_BAD_NAME },
		{ STR("A\xc3: c\r\n"), HEADER_BAD_NAME | HEADER_8BIT },
		{ STR("A: b\r\n \xff\n"), HEADER_8BIT | HEADER_BARE_LF },
		{ STR("A: b\r\n \t\r\n"), HEADER_BLANK_LINE },
		{ STR("A:\r\n b\r\n"), 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		cleanup(exact_freep) str in = exact_copy(cases[i].in);
		struct header_reader r = header_reader_make(in);
		struct header_field f;

		assert_true(header_next(&r, &f));
		assert_int_equal(f.flags, cases[i].flags);
		assert_false(header_next(&r, &f));
		assert_int_equal(header_body(&r).n, 0);
	}
}

static void a_line_may_have_998_bytes(void **state)
{
	(void)state;
	for (size_t over = 0; over < 2; over++) {
		char line[HEADER_LINE_MAX + 3];
		size_t n = HEADER_LINE_MAX + over;
		struct header_reader r;
		struct header_field f;

		memset(line, 'x', n);
		line[1] = ':';
		memcpy(line + n, "\r\n", 2);
		r = header_reader_make(str_of(line, n + 2));
		assert_true(header_next(&r, &f));
		assert_int_equal(f.flags, over ? HEADER_TOO_LONG : 0);
	}
}

static void an_empty_message_has_no_fields(void **state)
{
	static const str cases[] = { STR(""), STR("\n"), STR("\r\n"), STR("\r") };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		cleanup(exact_freep) str in = exact_copy(cases[i]);
		struct header_reader r = header_reader_make(in);
		struct header_field f;

		assert_false(header_next(&r, &f));
		assert_int_equal(header_body(&r).n, 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fields_are_split_with_their_lines),
		cmocka_unit_test(what_is_wrong_with_a_field_is_flagged),
		cmocka_unit_test(a_line_may_have_998_bytes),
		cmocka_unit_test(an_empty_message_has_no_fields),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

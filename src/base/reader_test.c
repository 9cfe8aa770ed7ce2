#include "base/exact.h"
#include "base/reader.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void numbers_are_read_in_both_orders(void **state)
{
	cleanup(exact_freep) str in =
		exact_copy(STR("\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f\x10"
			       "\x11\x12\x13\x14\x15"));
	struct reader r = reader_make(in);

	(void)state;
	assert_int_equal(reader_u8(&r), 0x01);
	assert_int_equal(reader_u16le(&r), 0x0302);
	assert_int_equal(reader_u32le(&r), 0x07060504);
	assert_true(reader_u64le(&r) == 0x0f0e0d0c0b0a0908ULL);
	assert_int_equal(reader_u16be(&r), 0x1011);
	assert_int_equal(reader_u32be(&r), 0x12131415);
	assert_int_equal(reader_left(&r), 0);
	assert_false(r.bad);
}

static void the_first_read_past_the_end_sticks(void **state)
{
	cleanup(exact_freep) str in = exact_copy(STR("abc"));
	struct reader r = reader_make(in);

	(void)state;
	assert_int_equal(reader_u32le(&r), 0);
	assert_true(r.bad);
	assert_int_equal(reader_u8(&r), 0);
	assert_int_equal(reader_bytes(&r, 0).n, 0);
	assert_int_equal(reader_left(&r), 0);
}

static void a_length_above_the_maximum_or_the_input_is_refused(void **state)
{
	static const struct {
		str in;
		size_t max;
		bool bad;
		str out;
	} cases[] = {
		{ STR("\x03\0\0\0abc"), 3, false, STR("abc") },
		{ STR("\x03\0\0\0abc"), 2, true, STR("") },
		{ STR("\x04\0\0\0abc"), 9, true, STR("") },
		{ STR("\xff\xff\xff\xff"), SIZE_MAX, true, STR("") },
		{ STR("\0\0\0\0"), 0, false, STR("") },
		{ STR("\0\0\0"), 0, true, STR("") },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		cleanup(exact_freep) str in = exact_copy(cases[i].in);
		struct reader r = reader_make(in);
		str got = reader_lstr(&r, cases[i].max);

		assert_int_equal(r.bad, cases[i].bad);
		assert_true(str_eq(got, cases[i].out));
	}
}

static void seeking_and_skipping_stay_inside(void **state)
{
	cleanup(exact_freep) str in = exact_copy(STR("abcdef"));
	struct reader r = reader_make(in);

	(void)state;
	reader_seek(&r, 6);
	assert_false(r.bad);
	reader_seek(&r, 2);
	reader_skip(&r, 1);
	assert_int_equal(reader_u8(&r), 'd');
	reader_skip(&r, SIZE_MAX);
	assert_true(r.bad);
	r = reader_make(in);
	reader_seek(&r, 7);
	assert_true(r.bad);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_are_read_in_both_orders),
		cmocka_unit_test(the_first_read_past_the_end_sticks),
		cmocka_unit_test(a_length_above_the_maximum_or_the_input_is_refused),
		cmocka_unit_test(seeking_and_skipping_stay_inside),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "base/exact.h"
#include "base/num.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void whole_numbers_are_strict(void **state)
{
	static const struct {
		str in;
		bool ok;
		uint64_t want;
	} cases[] = {
		{ STR("0"), true, 0 },
		{ STR("007"), true, 7 },
		{ STR("18446744073709551615"), true, UINT64_MAX },
		{ STR("18446744073709551616"), false, 0 },
		{ STR("99999999999999999999"), false, 0 },
		{ STR(""), false, 0 },
		{ STR(" 1"), false, 0 },
		{ STR("1 "), false, 0 },
		{ STR("+1"), false, 0 },
		{ STR("-1"), false, 0 },
		{ STR("a"), false, 0 },
		{ STR("1\0"), false, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		cleanup(exact_freep) str in = exact_copy(cases[i].in);
		uint64_t v = 42;

		assert_int_equal(num_u64(in, &v), cases[i].ok);
		assert_true(v == (cases[i].ok ? cases[i].want : 42));
	}
}

static void signed_numbers_reach_both_ends(void **state)
{
	int64_t v = 42;

	(void)state;
	assert_true(num_i64(STR("-5"), &v) && v == -5);
	assert_true(num_i64(STR("9223372036854775807"), &v) && v == INT64_MAX);
	assert_false(num_i64(STR("9223372036854775808"), &v));
	assert_true(num_i64(STR("-9223372036854775808"), &v) && v == INT64_MIN);
	assert_false(num_i64(STR("-9223372036854775809"), &v));
	assert_false(num_i64(STR("-"), &v));
	assert_false(num_i64(STR("--1"), &v));
	assert_true(v == INT64_MIN);
}

static void limits_and_hexadecimal(void **state)
{
	uint64_t v = 42;

	(void)state;
	assert_true(num_u64_max(STR("25"), 25, &v) && v == 25);
	assert_false(num_u64_max(STR("26"), 25, &v));
	assert_true(num_hex(STR("fF0"), &v) && v == 0xff0);
	assert_false(num_hex(STR("0x1"), &v));
	assert_false(num_hex(STR("10000000000000000"), &v));
	assert_true(v == 0xff0);
	assert_int_equal(num_hex_digit('g'), -1);
	assert_int_equal(num_hex_digit('A'), 10);
}

static void fractions_are_decimal(void **state)
{
	static const struct {
		str in;
		bool ok;
		double want;
	} cases[] = {
		{ STR("5"), true, 5 },	    { STR("-4.25"), true, -4.25 },
		{ STR("+0.5"), true, 0.5 }, { STR(".5"), true, 0.5 },
		{ STR("5."), false, 0 },    { STR("."), false, 0 },
		{ STR("-"), false, 0 },	    { STR("1e3"), false, 0 },
		{ STR("1.2.3"), false, 0 }, { STR("1.-2"), false, 0 },
		{ STR("nan"), false, 0 },   { STR("1234567890123456"), false, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		cleanup(exact_freep) str in = exact_copy(cases[i].in);
		double v = 42;

		assert_int_equal(num_double(in, &v), cases[i].ok);
		assert_true(v == (cases[i].ok ? cases[i].want : 42));
	}
}

static void sizes_and_durations_have_units(void **state)
{
	uint64_t v = 42;

	(void)state;
	assert_true(num_size(STR("10"), &v) && v == 10);
	assert_true(num_size(STR("10 KiB"), &v) && v == 10240);
	assert_true(num_size(STR("5mb"), &v) && v == 5000000);
	assert_false(num_size(STR("KiB"), &v));
	assert_false(num_size(STR("1 TiB"), &v));
	assert_false(num_size(STR("99999999999 GiB"), &v));
	assert_true(num_duration(STR("500ms"), &v) && v == 500);
	assert_true(num_duration(STR("2h"), &v) && v == 7200000);
	assert_false(num_duration(STR("30"), &v));
	assert_false(num_duration(STR("-1s"), &v));
	assert_true(v == 7200000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole_numbers_are_strict),
		cmocka_unit_test(signed_numbers_reach_both_ends),
		cmocka_unit_test(limits_and_hexadecimal),
		cmocka_unit_test(fractions_are_decimal),
		cmocka_unit_test(sizes_and_durations_have_units),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

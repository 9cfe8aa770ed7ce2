#include "base/clock.h"
#include "base/exact.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void dates_are_written_and_read(void **state)
{
	static const struct {
		int64_t wall;
		const char *rfc5322, *rfc3339;
	} cases[] = {
		{ 0, "Thu, 01 Jan 1970 00:00:00 +0000", "1970-01-01T00:00:00Z" },
		{ -1, "Wed, 31 Dec 1969 23:59:59 +0000", "1969-12-31T23:59:59Z" },
		{ 951782400, "Tue, 29 Feb 2000 00:00:00 +0000", "2000-02-29T00:00:00Z" },
		{ 1795289802, "Sat, 21 Nov 2026 19:36:42 +0000", "2026-11-21T19:36:42Z" },
		{ 4107542399, "Sun, 28 Feb 2100 23:59:59 +0000", "2100-02-28T23:59:59Z" },
		{ 4107542400, "Mon, 01 Mar 2100 00:00:00 +0000", "2100-03-01T00:00:00Z" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 16);
		struct strbuf b = strbuf_make(a, 100);
		int64_t wall;

		clock_put_rfc5322(&b, cases[i].wall);
		assert_true(str_eq(strbuf_str(&b), str_c(cases[i].rfc5322)));
		assert_true(clock_parse_rfc5322(strbuf_str(&b), &wall) && wall == cases[i].wall);
		strbuf_clear(&b);
		clock_put_rfc3339(&b, cases[i].wall);
		assert_true(str_eq(strbuf_str(&b), str_c(cases[i].rfc3339)));
		assert_true(clock_parse_rfc3339(strbuf_str(&b), &wall) && wall == cases[i].wall);
	}
}

static void header_dates_are_read_as_senders_write_them(void **state)
{
	static const struct {
		str in;
		bool ok;
		int64_t wall;
	} cases[] = {
		{ STR("21 Nov 2026 19:36:42 +0000"), true, 1795289802 },
		{ STR("Sat, 21 Nov 2026 20:36:42 +0100"), true, 1795289802 },
		{ STR("Sat, 21 Nov 2026 14:06:42 -0530"), true, 1795289802 },
		{ STR("Sat,21 nov 26 19:36:42 GMT"), true, 1795289802 },
		{ STR("Sat, 21 Nov 126 19:36:42 UT"), true, 1795289802 },
		{ STR("21 Nov 2026 19:36 +0000"), true, 1795289760 },
		{ STR("  21  Nov  2026  19:36:42  +0000 (UTC)"), true, 1795289802 },
		{ STR("21 Foo 2026 19:36:42 +0000"), false, 0 },
		{ STR("32 Nov 2026 19:36:42 +0000"), false, 0 },
		{ STR("21 Nov 2026 24:36:42 +0000"), false, 0 },
		{ STR("21 Nov 2026 19:36:42"), false, 0 },
		{ STR("21 Nov 2026 19:36:42 +9900"), false, 0 },
		{ STR("31 Dec 9999 23:59:59 -2359"), false, 0 },
		{ STR("Sat"), false, 0 },
		{ STR(""), false, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		cleanup(exact_freep) str in = exact_copy(cases[i].in);
		int64_t wall = 42;

		assert_int_equal(clock_parse_rfc5322(in, &wall), cases[i].ok);
		assert_true(wall == (cases[i].ok ? cases[i].wall : 42));
	}
}

static void internet_dates_are_strict(void **state)
{
	static const struct {
		str in;
		bool ok;
	} cases[] = {
		{ STR("2026-11-21T19:36:42.5Z"), true },
		{ STR("2026-11-21t19:36:42z"), true },
		{ STR("2026-11-21T19:36:42+01:00"), true },
		{ STR("2026-11-21T19:36:42"), false },
		{ STR("2026-11-21T19:36:42 Z"), false },
		{ STR("2026-13-21T19:36:42Z"), false },
		{ STR("2026-11-21X19:36:42Z"), false },
		{ STR("2026-11-21T19:36:42+1:00"), false },
		{ STR("20261121T193642Z"), false },
		{ STR("2026-11-21T19:36:42+01"), false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		cleanup(exact_freep) str in = exact_copy(cases[i].in);
		int64_t wall;

		assert_int_equal(clock_parse_rfc3339(in, &wall), cases[i].ok);
	}
}

static void deadlines_are_absolute(void **state)
{
	deadline d = deadline_in(100000);
	int left = clock_left(d);

	(void)state;
	assert_true(left > 90000 && left <= 100000);
	assert_int_equal(clock_left(d - 200000), 0);
	assert_int_equal(clock_left(INT64_MAX / 2), INT32_MAX);
	assert_true(clock_sooner(d, d + 1) == d);
	assert_true(clock_wall() > 1700000000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(dates_are_written_and_read),
		cmocka_unit_test(header_dates_are_read_as_senders_write_them),
		cmocka_unit_test(internet_dates_are_strict),
		cmocka_unit_test(deadlines_are_absolute),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

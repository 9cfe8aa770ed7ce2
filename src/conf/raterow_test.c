#include "conf/raterow.h"

#include "conf/testrows.h"

static struct conf *conf_with(struct arena *a, const char *limits)
{
	struct conf *c = conf_new_default(a);

	testrows_set(c, "rates.limits", limits);
	return c;
}

static void the_row_with_the_nearest_name_holds(void **state)
{
	static const struct {
		enum raterow_what what;
		const char *name;
		size_t n;
		uint32_t count; /* of the first */
	} cases[] = {
		{ RATEROW_SENDER, "a@x.example", 2, 30 },
		{ RATEROW_SENDER, "news@X.example", 1, 5000 },
		{ RATEROW_SENDER, "labo@x.example", 0, 0 },
		{ RATEROW_SENDER, "a@chu.example", 1, 90 },
		{ RATEROW_SENDER, "labo@chu.example", 1, 90 },
		{ RATEROW_SENDER, "chu.example", 1, 90 }, /* a login may look like that */
		{ RATEROW_SENDER, "jdupont", 1, 7 },
		{ RATEROW_SENDER, "@", 2, 30 },
		{ RATEROW_DOMAIN, "chu.example", 1, 100 },
		{ RATEROW_DOMAIN, "x.example", 0, 0 },
		{ RATEROW_CLIENT, "192.0.2.1", 0, 0 },
	};
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 24);
	struct conf *c = conf_with(a, "sender 30/1m,sender 300/1h,sender:news@x.example 5000/1m,"
				      "sender:labo@x.example unlimited,sender:chu.example 90/1m,"
				      "sender:jdupont 7/1s,domain:chu.example 100/1d");
	struct why why = { "" };

	(void)state;
	assert_int_equal(raterow_check(c, &why), 0);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct raterow rows[RATEROW_TOGETHER];

		assert_int_equal(raterow_of(c, cases[i].what, str_c(cases[i].name), rows),
				 cases[i].n);
		if (cases[i].n)
			assert_int_equal(rows[0].count, cases[i].count);
	}
}

static void times_are_of_a_second_to_a_day(void **state)
{
	struct raterow row;

	(void)state;
	assert_true(raterow_parse(STR("client 1/1d"), &row));
	assert_int_equal(row.period_s, 86400);
	assert_false(raterow_parse(STR("client 1/2d"), &row));
	assert_false(raterow_parse(STR("client 1/500ms"), &row));
}

static void bad_rows_are_named(void **state)
{
	static const char *const rows[] = {
		"sender",
		"sender 30",
		"sender 0/1m",
		"sender 30/",
		"sender /1m",
		"sender unlimited",
		"sender: 30/1m",
		"user 30/1m",
		"sender 30/1m x",
		"sender -1/1m",
		"sender 30000000/1m",
		"client 1/1m,client 2/1m,client 3/1m,client 4/1m,client 5/1m",
		"domain:x unlimited,domain:X 30/1m",
	};
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 24);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct conf *c = conf_with(a, rows[i]);
		struct why why = { "" };

		assert_true(conf_check(c, &why) < 0);
		assert_true(str_find(str_c(why.text), STR("rates.limits")) != STR_NONE);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_row_with_the_nearest_name_holds),
		cmocka_unit_test(times_are_of_a_second_to_a_day),
		cmocka_unit_test(bad_rows_are_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

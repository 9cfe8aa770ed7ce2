#include "smtp/harvest.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static struct ip client(const char *text)
{
	struct ip ip;

	assert_true(ip_parse(str_c(text), &ip));
	return ip;
}

static void unknown_recipients_are_counted_for_each_client_and_forgotten_one_by_one(void **state)
{
	static struct harvest h;
	struct ip one = client("192.0.2.1"), other = client("192.0.2.2");
	int64_t now = 5000000;

	(void)state;
	harvest_init(&h);
	for (uint32_t i = 0; i < 7; i++) {
		assert_int_equal(harvest_count(&h, one, now), i);
		harvest_add(&h, one, now);
	}
	assert_int_equal(harvest_count(&h, other, now), 0);
	assert_int_equal(harvest_count(&h, one, now + HARVEST_FORGET_MS - 1), 7);
	assert_int_equal(harvest_count(&h, one, now + HARVEST_FORGET_MS), 6);
	assert_int_equal(harvest_count(&h, one, now + 7 * HARVEST_FORGET_MS), 0);
}

static void a_subscriber_of_ipv6_is_one_client(void **state)
{
	static struct harvest h;

	(void)state;
	harvest_init(&h);
	harvest_add(&h, client("2001:db8:1:2::1"), 1);
	assert_int_equal(harvest_count(&h, client("2001:db8:1:2:ffff::9"), 1), 1);
	assert_int_equal(harvest_count(&h, client("2001:db8:1:3::1"), 1), 0);
}

static void no_client_is_remembered_for_ever(void **state)
{
	static struct harvest h;
	struct ip one = client("192.0.2.1");

	(void)state;
	harvest_init(&h);
	for (size_t i = 0; i < 100000; i++)
		harvest_add(&h, one, 1);
	assert_int_equal(harvest_count(&h, one, 1), HARVEST_MAX);
	assert_int_equal(harvest_count(&h, one, 1 + (int64_t)HARVEST_MAX * HARVEST_FORGET_MS), 0);
}

static void answers_come_later_and_later_but_not_for_ever(void **state)
{
	(void)state;
	assert_int_equal(harvest_delay(9, 10), 0);
	assert_int_equal(harvest_delay(10, 10), HARVEST_STEP_MS);
	assert_int_equal(harvest_delay(14, 10), 5 * HARVEST_STEP_MS);
	assert_int_equal(harvest_delay(HARVEST_MAX, 1), HARVEST_DELAY_MAX_MS);
	assert_int_equal(harvest_delay(HARVEST_MAX, 0), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			unknown_recipients_are_counted_for_each_client_and_forgotten_one_by_one),
		cmocka_unit_test(a_subscriber_of_ipv6_is_one_client),
		cmocka_unit_test(no_client_is_remembered_for_ever),
		cmocka_unit_test(answers_come_later_and_later_but_not_for_ever),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

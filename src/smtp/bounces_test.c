#include "smtp/bounces.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

enum { PER_HOUR = 25, HOUR = 3600 * 1000, NOW = 1000000 };

static const str alice = STR("alice@hopital.example");

static size_t take(struct bounces *b, str who, size_t tries, int64_t now)
{
	size_t taken = 0;

	for (size_t i = 0; i < tries; i++) {
		if (bounces_full(b, who, PER_HOUR, now))
			continue;
		bounces_count(b, who, PER_HOUR, now);
		taken++;
	}
	return taken;
}

static void so_many_are_taken_in_an_hour_and_then_their_share(void **state)
{
	static struct bounces b;

	(void)state;
	bounces_init(&b);
	assert_int_equal(take(&b, alice, 30, NOW), PER_HOUR);
	assert_int_equal(take(&b, STR("Alice@Hopital.example"), 30, NOW), 0);
	assert_int_equal(take(&b, STR("bob@hopital.example"), 30, NOW), PER_HOUR);
	assert_int_equal(take(&b, alice, 30, NOW + HOUR / PER_HOUR - 1), 0);
	assert_int_equal(take(&b, alice, 30, NOW + HOUR / PER_HOUR), 1);
	assert_int_equal(take(&b, alice, 30, NOW + 2 * HOUR), PER_HOUR);
}

static void asking_uses_up_nothing(void **state)
{
	static struct bounces b;

	(void)state;
	bounces_init(&b);
	for (size_t i = 0; i < 1000; i++)
		assert_false(bounces_full(&b, alice, PER_HOUR, NOW));
	assert_int_equal(take(&b, alice, 30, NOW), PER_HOUR);
}

/* A flood at invented recipients does not make room at the one that is full. */
static void others_do_not_push_out_who_is_full(void **state)
{
	static struct bounces b;
	char name[64];

	(void)state;
	bounces_init(&b);
	assert_int_equal(take(&b, alice, 30, NOW), PER_HOUR);
	for (size_t i = 0; i < 10 * TALLY_SETS * TALLY_WAYS; i++) {
		int n = snprintf(name, sizeof(name), "%zu@hopital.example", i);

		bounces_count(&b, str_of(name, (size_t)n), PER_HOUR, NOW);
	}
	assert_int_equal(take(&b, alice, 30, NOW), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(so_many_are_taken_in_an_hour_and_then_their_share),
		cmocka_unit_test(asking_uses_up_nothing),
		cmocka_unit_test(others_do_not_push_out_who_is_full),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

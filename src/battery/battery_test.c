/* The battery: every message has an id of its own and a complete header, the same seed gives
 * the same bytes, and nothing in the sources is the test virus. */
#include "battery/battery.h"

#include "base/map.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

struct census {
	struct arena *arena;
	struct map ids;
	size_t n, doubles, empty, nothing_expected;
	uint64_t sum;
};

static uint64_t sum_of(str bytes, uint64_t sum)
{
	for (size_t i = 0; i < bytes.n; i++)
		sum = sum * 31 + (unsigned char)bytes.p[i];
	return sum;
}

static void count(void *ctx, const struct battery_message *m)
{
	struct census *c = ctx;
	str id = arena_str(c->arena, m->id);

	c->n++;
	c->doubles += map_get(&c->ids, id) != NULL;
	(void)map_set(&c->ids, id, c);
	c->empty += str_find(m->bytes, STR("\r\n\r\n")) == STR_NONE;
	c->nothing_expected += m->allowed == 0;
	c->sum = sum_of(m->bytes, c->sum);
}

static struct census take_census(struct arena *a, str prefix, uint64_t seed)
{
	struct census c = { .arena = a, .ids = map_make(a) };

	battery_make(prefix, seed, count, &c);
	return c;
}

static void every_message_has_its_own_id_a_header_and_an_expectation(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 64 << 20);
	struct census c = take_census(a, STR(""), 1);

	(void)state;
	assert_true(c.n > 500);
	assert_int_equal(c.doubles, 0);
	assert_int_equal(c.empty, 0);
	assert_int_equal(c.nothing_expected, 0);
}

static void the_seed_decides_every_byte(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 64 << 20);
	struct census one = take_census(a, STR("T008"), 1), again = take_census(a, STR("T008"), 1),
		      other = take_census(a, STR("T008"), 2);

	(void)state;
	assert_int_equal(one.n, 12);
	assert_true(one.sum == again.sum);
	assert_true(one.sum != other.sum);
}

static void a_prefix_chooses_the_messages(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 64 << 20);

	(void)state;
	assert_int_equal(take_census(a, STR("T008a-clean"), 1).n, 1);
	assert_int_equal(take_census(a, STR("Y"), 1).n, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_message_has_its_own_id_a_header_and_an_expectation),
		cmocka_unit_test(the_seed_decides_every_byte),
		cmocka_unit_test(a_prefix_chooses_the_messages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

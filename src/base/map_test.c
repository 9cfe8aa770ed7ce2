#include "base/map.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void what_was_set_is_found_among_many(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 16 << 20);
	struct map m = map_make(a);
	static int values[5000];
	size_t at = 0, n = 0;

	(void)state;
	assert_null(map_get(&m, STR("x")));
	for (int i = 0; i < 5000; i++)
		assert_null(map_set(&m, arena_fmt(a, "key %d", i), &values[i]));
	for (int i = 0; i < 5000; i++)
		assert_ptr_equal(map_get(&m, arena_fmt(a, "key %d", i)), &values[i]);
	assert_null(map_get(&m, STR("key 5000")));
	assert_null(map_get(&m, STR("KEY 1")));
	while (map_next(&m, &at))
		n++;
	assert_int_equal(n, 5000);
	assert_int_equal(m.n, 5000);
}

static void setting_again_gives_the_value_before(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);
	struct map m = map_make(a);
	int one, two;

	(void)state;
	assert_null(map_set(&m, STR("k"), &one));
	assert_ptr_equal(map_set(&m, STR("k"), &two), &one);
	assert_ptr_equal(map_get(&m, STR("k")), &two);
	assert_int_equal(m.n, 1);
	assert_null(map_set(&m, STR(""), &one));
	assert_ptr_equal(map_get(&m, STR_NULL), &one);
}

static void a_caseless_map_folds_ascii_in_keys_of_any_length(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);
	struct map m = map_make_caseless(a);
	char lower[1000], upper[1000];
	int value;

	(void)state;
	memset(lower, 'x', sizeof(lower));
	memset(upper, 'X', sizeof(upper));
	map_set(&m, str_of(lower, sizeof(lower)), &value);
	assert_ptr_equal(map_get(&m, str_of(upper, sizeof(upper))), &value);
	assert_null(map_get(&m, str_of(upper, sizeof(upper) - 1)));
	map_set(&m, STR("Content-Type"), &value);
	assert_ptr_equal(map_get(&m, STR("CONTENT-type")), &value);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_set_is_found_among_many),
		cmocka_unit_test(setting_again_gives_the_value_before),
		cmocka_unit_test(a_caseless_map_folds_ascii_in_keys_of_any_length),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

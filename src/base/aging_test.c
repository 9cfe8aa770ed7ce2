/* What is needed stays, what is not is forgotten, and memory is bounded. */
#include "base/aging.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>

enum { BYTES = 64 << 10 };

static void put(struct aging *t, const char *name)
{
	struct arena *a = aging_room(t);

	aging_put(t, arena_str(a, str_c(name)), arena_cz(a, str_c(name)));
}

static bool has(struct aging *t, const char *name)
{
	bool aged;
	const char *found = aging_find(t, str_c(name), &aged);

	if (found)
		assert_string_equal(found, name);
	if (found && aged)
		put(t, name);
	return found;
}

static void test_what_is_asked_for_stays_and_the_rest_is_forgotten(void **state unused_arg)
{
	struct aging t;
	char name[32];

	aging_open(&t, "test", BYTES);
	put(&t, "needed");
	put(&t, "left alone");
	assert_true(has(&t, "left alone"));
	for (int i = 0; i < 100000; i++) {
		snprintf(name, sizeof(name), "%d", i);
		put(&t, name);
		assert_true(has(&t, "needed"));
		assert_in_range(arena_used(t.young.arena), 0, BYTES);
	}
	assert_false(has(&t, "left alone"));
	assert_true(has(&t, "99999"));
	aging_clear(&t);
	assert_false(has(&t, "needed"));
	aging_close(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_is_asked_for_stays_and_the_rest_is_forgotten),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

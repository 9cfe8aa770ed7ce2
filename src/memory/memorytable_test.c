/* The table keeps what was used last, and never lets go of what is not written yet. */
#include "memory/memorytable.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

/* Keys whose places are the same: only bytes behind the eighth differ. */
static struct memory_key key_of(uint8_t n)
{
	return (struct memory_key){ { [8] = n } };
}

static void test_the_longest_unused_makes_room(void **state unused_arg)
{
	struct arena *a = arena_new("test", 1 << 20);
	struct memorytable t;
	struct memory_key k;

	memorytable_make(&t, a, 100);
	assert_int_equal(t.n, 128);
	for (uint8_t i = 0; i < MEMORYTABLE_WAYS; i++) {
		k = key_of(i);
		assert_null(memorytable_find(&t, &k));
		assert_non_null(memorytable_add(&t, &k, MEMORY_FUZZY));
	}
	k = key_of(0);
	assert_non_null(memorytable_find(&t, &k));
	k = key_of(100);
	assert_non_null(memorytable_add(&t, &k, MEMORY_FUZZY));
	assert_non_null(memorytable_find(&t, &k));
	k = key_of(0);
	assert_non_null(memorytable_find(&t, &k));
	k = key_of(1);
	assert_null(memorytable_find(&t, &k));
	arena_free(a);
}

static void test_what_is_not_written_stays(void **state unused_arg)
{
	struct arena *a = arena_new("test", 1 << 20);
	uint32_t taken[2 * MEMORYTABLE_WAYS];
	struct memorytable t;
	struct memory_key k;

	memorytable_make(&t, a, 100);
	for (uint8_t i = 0; i < MEMORYTABLE_WAYS; i++) {
		k = key_of(i);
		memorytable_mark(&t, memorytable_add(&t, &k, MEMORY_FUZZY));
	}
	k = key_of(100);
	assert_null(memorytable_add(&t, &k, MEMORY_FUZZY));
	assert_int_equal(memorytable_take(&t, taken, 3), 3);
	assert_null(memorytable_add(&t, &k, MEMORY_FUZZY));
	t.slots[taken[1]].writing = false;
	/* Changed while it was written: it is to be written again. */
	memorytable_mark(&t, &t.slots[taken[0]]);
	memorytable_mark(&t, &t.slots[taken[0]]);
	assert_ptr_equal(memorytable_add(&t, &k, MEMORY_FUZZY), &t.slots[taken[1]]);
	assert_int_equal(memorytable_take(&t, taken, ARRAY_LEN(taken)), MEMORYTABLE_WAYS - 2);
	assert_int_equal(memorytable_take(&t, taken, ARRAY_LEN(taken)), 0);
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_longest_unused_makes_room),
		cmocka_unit_test(test_what_is_not_written_stays),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

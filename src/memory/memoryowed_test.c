/* What is owed to a shared memory: each row once, in order, within its room. */
#include "memory/memoryowed.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>

static void owe(struct memoryowed *o, enum memory_kind kind, const char *text, bool forget)
{
	memoryowed_add(o, &(struct memory_change){
				  .name = { kind, str_c(text) }, .good = 1, .forget = forget });
}

static void test_each_row_is_owed_once_and_in_order(void **state unused_arg)
{
	struct memoryowed *o = memoryowed_new();
	struct memory_change c[8];

	owe(o, MEMORY_CLIENT, "a", false);
	owe(o, MEMORY_NETWORK, "a", false);
	owe(o, MEMORY_CLIENT, "b", false);
	owe(o, MEMORY_CLIENT, "a", true);
	assert_int_equal(memoryowed_first(o, c, 2), 2);
	assert_int_equal(memoryowed_first(o, c, 8), 3);
	assert_true(str_eq(c[0].name.text, STR("a")) && c[0].name.kind == MEMORY_CLIENT);
	assert_true(c[0].forget && !c[1].forget);
	assert_true(str_eq(c[2].name.text, STR("b")));
	/* What is paid may be owed again. */
	memoryowed_drop(o, 2);
	owe(o, MEMORY_CLIENT, "a", false);
	owe(o, MEMORY_CLIENT, "b", true);
	assert_int_equal(memoryowed_first(o, c, 8), 2);
	assert_true(str_eq(c[0].name.text, STR("b")) && c[0].forget);
	assert_true(str_eq(c[1].name.text, STR("a")) && !c[1].forget);
	memoryowed_drop(o, 2);
	assert_int_equal(memoryowed_first(o, c, 8), 0);
	memoryowed_free(o);
}

static void test_what_finds_no_room_is_not_taken(void **state unused_arg)
{
	struct memoryowed *o = memoryowed_new();
	struct memory_change c[64];
	char text[600];
	size_t n, all = 0;

	for (int i = 0; i < 100000; i++) {
		snprintf(text, sizeof(text), "%0500d", i);
		owe(o, MEMORY_CLIENT, text, false);
	}
	while ((n = memoryowed_first(o, c, 64))) {
		all += n;
		memoryowed_drop(o, n);
	}
	assert_in_range(all, 4000, 10000);
	owe(o, MEMORY_CLIENT, "a", false);
	assert_int_equal(memoryowed_first(o, c, 64), 1);
	memoryowed_free(o);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_row_is_owed_once_and_in_order),
		cmocka_unit_test(test_what_finds_no_room_is_not_taken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "base/arena.h"
#include "base/exact.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static jmp_buf spent;

static void jump_out(const char *name)
{
	assert_string_equal(name, "small");
	longjmp(spent, 1);
}

static void memory_is_zeroed_and_aligned(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);

	(void)state;
	for (size_t size = 0; size < 100; size++) {
		char *p = arena_alloc(a, size);

		assert_non_null(p);
		assert_int_equal((uintptr_t)p % 16, 0);
		for (size_t i = 0; i < size; i++)
			assert_int_equal(p[i], 0);
		memset(p, 0xff, size);
	}
}

static void a_reset_arena_gives_zeroed_memory_again(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);

	(void)state;
	for (size_t round = 0; round < 3; round++) {
		char *p = arena_alloc(a, 1000);

		for (size_t i = 0; i < 1000; i++)
			assert_int_equal(p[i], 0);
		memset(p, 0xff, 1000);
		memset(arena_alloc(a, 100000), 0xff, 100000); /* a block too large to keep */
		arena_reset(a);
		assert_int_equal(arena_used(a), 0);
	}
}

static void the_budget_stops_the_process_unless_a_handler_does(void **state)
{
	struct arena *a = arena_new("small", 1000);

	(void)state;
	arena_on_budget(jump_out);
	assert_non_null(arena_alloc(a, 900));
	if (setjmp(spent) == 0) {
		assert_null(arena_alloc(a, 200));
		fail();
	}
	if (setjmp(spent) == 0) {
		assert_null(arena_alloc(a, SIZE_MAX));
		fail();
	}
	assert_null(arena_free(a));
	assert_null(arena_free(NULL));
}

static void the_budget_holds_with_rounding(void **state)
{
	struct arena *a = arena_new("small", 1000);
	volatile size_t n = 0;

	(void)state;
	arena_on_budget(jump_out);
	if (setjmp(spent) == 0) {
		for (;;) {
			assert_non_null(arena_alloc(a, 1));
			n++;
		}
	}
	assert_true(n <= 63); /* 16 bytes each */
	arena_free(a);
}

static void copies_are_equal_and_own(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);
	cleanup(exact_freep) str s = exact_copy(STR("a\0b"));
	str copy = arena_str(a, s);

	(void)state;
	assert_true(str_eq(copy, s));
	assert_ptr_not_equal(copy.p, s.p);
	assert_null(arena_cz(a, s));
	assert_string_equal(arena_cz(a, STR("abc")), "abc");
	assert_string_equal(arena_cz(a, STR_NULL), "");
	assert_true(str_eq(arena_fmt(a, "%s-%d", "x", 7), STR("x-7")));
}

static void a_vector_keeps_its_elements_while_it_grows(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);
	ARENA_VEC(size_t) v = { 0 };

	(void)state;
	for (size_t i = 0; i < 1000; i++) {
		assert_int_equal(*arena_push(a, &v), 0);
		v.v[i] = i;
	}
	assert_int_equal(v.n, 1000);
	for (size_t i = 0; i < 1000; i++)
		assert_int_equal(v.v[i], i);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(memory_is_zeroed_and_aligned),
		cmocka_unit_test(a_reset_arena_gives_zeroed_memory_again),
		cmocka_unit_test(the_budget_stops_the_process_unless_a_handler_does),
		cmocka_unit_test(the_budget_holds_with_rounding),
		cmocka_unit_test(copies_are_equal_and_own),
		cmocka_unit_test(a_vector_keeps_its_elements_while_it_grows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

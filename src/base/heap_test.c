#include "base/heap.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

enum { N = 20000 };

struct thing {
	int64_t number;
	struct heap_node node;
};

static struct thing things[N];

/* Full period modulo a power of two is not needed: only spread. */
static uint64_t next(uint64_t *x)
{
	*x = *x * 6364136223846793005u + 1442695040888963407u;
	return *x >> 33;
}

static void elements_leave_in_the_order_of_their_keys(void **state)
{
	struct heap h = { 0 };
	uint64_t x = 1;
	struct heap_node *n;
	int64_t last = -1;
	uint64_t last_tie = 0;

	(void)state;
	for (size_t i = 0; i < N; i++) {
		things[i].number = (int64_t)(next(&x) % 1000);
		heap_push(&h, &things[i].node, things[i].number, i);
	}
	assert_int_equal(h.n, N);
	for (size_t i = 0; i < N; i++) {
		n = heap_pop(&h);
		assert_non_null(n);
		assert_true(n->key > last || (n->key == last && n->tie > last_tie));
		assert_int_equal(heap_entry(n, struct thing, node)->number, n->key);
		assert_false(n->in);
		last = n->key;
		last_tie = n->tie;
	}
	assert_null(heap_pop(&h));
	assert_int_equal(h.n, 0);
}

static void any_element_may_be_removed_and_pushed_again(void **state)
{
	struct heap h = { 0 };
	uint64_t x = 7;
	int64_t last = -1;
	struct heap_node *n;
	size_t left = 0;

	(void)state;
	for (size_t i = 0; i < N; i++)
		heap_push(&h, &things[i].node, (int64_t)(next(&x) % 5000), i);
	for (size_t round = 0; round < 4 * N; round++) {
		struct thing *t = &things[next(&x) % N];

		if (t->node.in)
			heap_remove(&h, &t->node);
		else
			heap_push(&h, &t->node, (int64_t)(next(&x) % 5000), round);
		if (round % 16 == 0 && (n = heap_pop(&h)))
			heap_push(&h, n, n->key + 1, round);
	}
	for (size_t i = 0; i < N; i++)
		left += things[i].node.in;
	assert_int_equal(h.n, left);
	while ((n = heap_pop(&h))) {
		assert_true(n->key >= last);
		last = n->key;
		left--;
	}
	assert_int_equal(left, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(elements_leave_in_the_order_of_their_keys),
		cmocka_unit_test(any_element_may_be_removed_and_pushed_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

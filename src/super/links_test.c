/* A process that is always late uses up the lanes to itself only. */
#include "super/links.h"

#include "base/clock.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

enum { SCAN, MEMORY, STORE, CHILDREN, BUDGET = 1 << 20 };

struct bench {
	struct child children[CHILDREN];
	struct chan *far[CHILDREN]; /* what the child hears */
};

static void begin(struct bench *b)
{
	static const enum process what[] = { PROCESS_SCAN, PROCESS_MEMORY, PROCESS_STORE };
	struct why why;
	int fds[2];

	for (size_t i = 0; i < CHILDREN; i++) {
		assert_int_equal(chan_pair(fds, &why), 0);
		b->far[i] = chan_new(fds[1], what[i], PROCESS_SUPERVISOR);
		b->children[i] =
			(struct child){ .what = what[i],
					.control = chan_new(fds[0], PROCESS_SUPERVISOR, what[i]),
					.started_ms = clock_now_ms() };
	}
}

static void end(struct bench *b)
{
	for (size_t i = 0; i < CHILDREN; i++) {
		chan_free(b->far[i]);
		chan_free(b->children[i].control);
	}
}

/* One lane was lost; how many were made in its place. */
static size_t lose(struct bench *b, uint64_t peer)
{
	struct arena *a = arena_new("test", BUDGET);
	size_t made = 0;
	struct msg m;

	links_remake(b->children, CHILDREN, &b->children[SCAN], peer);
	for (size_t i = 0; i < CHILDREN; i++) {
		while (chan_receive(b->far[i], a, deadline_in(0), &m, NULL) == 0) {
			made += i == SCAN ? m.n_fds : 0;
			msg_close(&m);
		}
	}
	arena_free(a);
	return made;
}

static void lanes_to_the_store_outlive_a_memory_that_is_always_late(void **state)
{
	struct bench b = { 0 };
	size_t made = 0;

	(void)state;
	begin(&b);
	for (int i = 0; i < CHILD_LANES_SPARE + 1000; i++)
		made += lose(&b, PROCESS_MEMORY);
	assert_in_range(made, CHILD_LANES_SPARE, CHILD_LANES_SPARE + 500);
	assert_int_equal(lose(&b, PROCESS_STORE), 1);
	end(&b);
}

static void who_is_nobodys_peer_gets_none(void **state)
{
	struct bench b = { 0 };

	(void)state;
	begin(&b);
	assert_int_equal(lose(&b, PROCESS_COUNT), 0);
	assert_int_equal(lose(&b, UINT64_MAX), 0);
	assert_int_equal(lose(&b, PROCESS_EDGE), 0);
	end(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lanes_to_the_store_outlive_a_memory_that_is_always_late),
		cmocka_unit_test(who_is_nobodys_peer_gets_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

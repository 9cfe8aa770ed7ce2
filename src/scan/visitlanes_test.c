/* Links that are slow keep no lane that exports need. */
#include "scan/visitlanes.h"

#include "conf/exportrow.h"

#include <setjmp.h>
#include <stdarg.h>
#include <unistd.h>

#include <cmocka.h>

enum { LINKS = 4, FOR_LINKS = 2 };

static void links_leave_lanes_to_exports(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 4 << 20);
	struct lanes *l = lanes_new(PROCESS_SCAN, PROCESS_FETCH);
	struct visit_source source = visitlanes_source(l);
	struct visit_question q[LINKS];
	struct visit visits[LINKS];
	int silent[FOR_LINKS + EXPORTROW_LANES];
	struct chan *c;
	struct why why;
	uint64_t id;
	void *begun;

	(void)state;
	for (size_t i = 0; i < LINKS; i++)
		q[i] = (struct visit_question){ STR("https://slow.example/"), false };
	for (uint64_t i = 0; i < ARRAY_LEN(silent); i++) {
		int fds[2];

		assert_int_equal(chan_pair(fds, &why), 0);
		lanes_add(l, fds[0], i);
		silent[i] = fds[1];
	}
	begun = source.begin(source.ctx, a, q, LINKS, deadline_in(0));
	for (int i = 0; i < EXPORTROW_LANES; i++) {
		c = lanes_take(l, 0, &id);
		assert_non_null(c);
		chan_free(c);
	}
	assert_null(lanes_take(l, 0, &id)); /* links have the others */
	source.end(source.ctx, begun, a, visits);
	for (size_t i = 0; i < LINKS; i++)
		assert_int_equal(visits[i].end, VISIT_UNANSWERED);
	for (size_t i = 0; i < ARRAY_LEN(silent); i++)
		close(silent[i]);
	lanes_free(l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(links_leave_lanes_to_exports),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

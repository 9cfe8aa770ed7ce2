#include "super/tickets.h"

#include "base/fd.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static size_t read_keys(const struct tickets *t, char *ret)
{
	struct why why;
	size_t n;
	str map;

	assert_true(fd_is_sealed(t->fd));
	assert_int_equal(fd_map(t->fd, 4096, &map, &why), 0);
	n = map.n;
	memcpy(ret, map.p, n);
	fd_unmap(&map);
	return n;
}

static void keys_live_for_three_turns(void **state)
{
	char before[TLSTICKETS_GENERATIONS * TLSTICKETS_KEY_BYTES], after[sizeof(before)];
	struct tickets t = { .fd = -1 };
	struct why why;
	size_t n;

	(void)state;
	assert_int_equal(tickets_rotate(&t, 1000, &why), 0);
	assert_int_equal(t.rotate_at, 1000 + TICKETS_ROTATE_MS);
	assert_int_equal(read_keys(&t, before), TLSTICKETS_KEY_BYTES);
	for (size_t turn = 2; turn <= 6; turn++) {
		size_t older =
			turn < TLSTICKETS_GENERATIONS ? turn - 1 : TLSTICKETS_GENERATIONS - 1;

		assert_int_equal(tickets_rotate(&t, 2000, &why), 0);
		n = read_keys(&t, after);
		assert_int_equal(n, (older + 1) * TLSTICKETS_KEY_BYTES);
		assert_memory_not_equal(after, before, TLSTICKETS_KEY_BYTES);
		assert_memory_equal(after + TLSTICKETS_KEY_BYTES, before,
				    older * TLSTICKETS_KEY_BYTES);
		memcpy(before, after, n);
	}
	fd_closep(&t.fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keys_live_for_three_turns),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

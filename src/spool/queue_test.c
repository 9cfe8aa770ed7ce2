#include "spool/queue.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

enum { MINUTE = 60000 };

static const int64_t retry[] = { 1 * MINUTE, 5 * MINUTE, 15 * MINUTE };
static const struct queue_policy policy = { retry, ARRAY_LEN(retry), 60 * MINUTE };

static struct spool_id numbered(int i)
{
	struct spool_id id = { { 0 } };

	snprintf(id.text, sizeof(id.text), "M%d", i);
	return id;
}

static void messages_come_in_the_order_they_are_due(void **state)
{
	struct arena *a = arena_new("test", 8 << 20);
	struct queue q;
	int64_t before = -1;
	int taken = 0;

	(void)state;
	queue_init(&q, a, 1);
	for (int i = 0; i < 1000; i++)
		assert_true(queue_add(&q, numbered(i), 0, 0, (i * 7919) % 1000));
	assert_null(queue_take(&q, -1));
	for (int64_t now = 0; now < 1000; now++) {
		struct queue_entry *e;

		assert_true(queue_next(&q) >= now);
		while ((e = queue_take(&q, now))) {
			assert_int_equal(e->due_at, now);
			assert_true(e->due_at >= before);
			before = e->due_at;
			taken++;
			queue_remove(&q, e);
		}
	}
	assert_int_equal(taken, 1000);
	assert_int_equal(queue_next(&q), INT64_MAX);
	assert_true(list_empty(&q.all));
	arena_free(a);
}

static void pauses_grow_as_configured_and_the_last_repeats(void **state)
{
	struct arena *a = arena_new("test", 1 << 20);
	struct queue q;

	(void)state;
	queue_init(&q, a, 42);
	for (uint32_t attempts = 0; attempts < 6; attempts++) {
		int64_t base = retry[attempts < 2 ? attempts : 2];

		for (int i = 0; i < 200; i++) {
			int64_t pause = queue_pause(&q, &policy, attempts);

			assert_true(pause >= base);
			assert_true(pause <= base + base / QUEUE_JITTER_PERCENT);
		}
	}
	arena_free(a);
}

static void a_failed_message_waits_and_in_the_end_expires(void **state)
{
	struct arena *a = arena_new("test", 1 << 20);
	struct queue_entry *e;
	struct queue q;
	int64_t now = 1000;
	int attempts = 0;

	(void)state;
	queue_init(&q, a, 7);
	assert_true(queue_add(&q, numbered(1), now, 0, now));
	for (;;) {
		e = queue_take(&q, now);
		assert_non_null(e);
		assert_int_equal(e->attempts, attempts);
		if (queue_expired(e, &policy, now))
			break;
		queue_put_back(&q, e, now + queue_pause(&q, &policy, e->attempts), e->attempts + 1);
		attempts++;
		assert_null(queue_take(&q, now));
		assert_true(queue_next(&q) > now);
		now = queue_next(&q);
	}
	/* 1 + 5 + 15 + 15 + 15 minutes and jitter: the hour is over with the 6th or 7th attempt. */
	assert_true(attempts >= 5 && attempts <= 6);
	queue_remove(&q, e);
	assert_null(queue_find(&q, numbered(1)));
	arena_free(a);
}

static void a_hurried_message_is_due_at_once(void **state)
{
	struct arena *a = arena_new("test", 1 << 20);
	struct queue_entry *e;
	struct queue q;

	(void)state;
	queue_init(&q, a, 7);
	for (int i = 0; i < 100; i++)
		assert_true(queue_add(&q, numbered(i), 0, 0, 1000 + i));
	queue_hurry(&q, queue_find(&q, numbered(77)), 10);
	e = queue_take(&q, 10);
	assert_non_null(e);
	assert_string_equal(e->id.text, "M77");
	queue_hurry(&q, e, 5); /* someone delivers it: nothing happens */
	assert_int_equal(e->at, QUEUE_TAKEN);
	assert_null(queue_take(&q, 10));
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(messages_come_in_the_order_they_are_due),
		cmocka_unit_test(pauses_grow_as_configured_and_the_last_repeats),
		cmocka_unit_test(a_failed_message_waits_and_in_the_end_expires),
		cmocka_unit_test(a_hurried_message_is_due_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

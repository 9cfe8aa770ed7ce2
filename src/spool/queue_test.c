#include "spool/queue.h"

#include "base/clock.h"
#include "base/num.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { SECOND = 1000, MINUTE = 60000, HOUR = 60 * MINUTE };

static const int64_t retry[] = { 1 * MINUTE, 5 * MINUTE, 15 * MINUTE };
static const struct queue_policy policy = { retry, ARRAY_LEN(retry), 60 * MINUTE, 0, 20 };

static const int64_t days_retry[] = { 1 * MINUTE,  5 * MINUTE, 15 * MINUTE, 30 * MINUTE,
				      60 * MINUTE, 2 * HOUR,   4 * HOUR };
static const struct queue_policy five_days = { days_retry, ARRAY_LEN(days_retry), 120 * HOUR,
					       4 * HOUR, 20 };

static struct queue_time at(int64_t ms)
{
	return (struct queue_time){ ms, ms };
}

static struct spool_id numbered(int i)
{
	struct spool_id id = { { 0 } };

	snprintf(id.text, sizeof(id.text), "M%d", i);
	return id;
}

static int number_of(const struct queue_message *m)
{
	uint64_t n = 0;

	assert_true(num_u64(str_c(m->id.text + 1), &n));
	return (int)n;
}

static struct queue_message *add(struct queue *q, int i, const char *to, size_t cap, int64_t now)
{
	struct queue_message *m = queue_add(q, numbered(i), now, false, true);

	assert_non_null(m);
	queue_add_part(q, m, str_c(to), cap, 0, now, at(now));
	return m;
}

static struct queue_entry *take(struct queue *q, int64_t now)
{
	enum queue_job job;
	struct queue_entry *e = queue_take(q, at(now), &job);

	if (e)
		assert_int_equal(job, QUEUE_DELIVER);
	return e;
}

static void deliver(struct queue *q, struct queue_entry *e, int64_t now)
{
	queue_learn(q, e, at(now), QUEUE_REACHED, STR("250 ok"));
	queue_remove(q, e, at(now));
}

static void fail_to_reach(struct queue *q, struct queue_entry *e, int64_t now)
{
	queue_learn(q, e, at(now), QUEUE_UNREACHABLE, STR("no route"));
	queue_put_back(q, e, now + queue_pause(q, e->attempts), e->attempts + 1, at(now));
}

static void messages_come_in_the_order_of_their_age(void **state)
{
	struct arena *a = arena_new("test", 8 << 20);
	struct queue q;

	(void)state;
	queue_init(&q, a, &policy, 1);
	for (int i = 0; i < 1000; i++) {
		struct queue_message *m =
			queue_add(&q, numbered(i), (i * 7919) % 1000, false, false);

		queue_add_part(&q, m, STR("a"), 20, 0, 500, at(0));
	}
	assert_null(take(&q, 499));
	assert_int_equal(queue_next(&q, at(0)), 500);
	for (int64_t age = 0; age < 1000; age++) {
		struct queue_entry *e = take(&q, 500);

		assert_non_null(e);
		assert_int_equal(e->message->queued_at, age);
		deliver(&q, e, 500);
	}
	assert_int_equal(queue_next(&q, at(500)), INT64_MAX);
	assert_int_equal(q.total, 0);
	assert_true(list_empty(&q.all));
	arena_free(a);
}

static void pauses_grow_as_configured_and_the_last_repeats(void **state)
{
	struct arena *a = arena_new("test", 1 << 20);
	struct queue q;

	(void)state;
	queue_init(&q, a, &policy, 42);
	for (uint32_t attempts = 0; attempts < 6; attempts++) {
		int64_t base = retry[attempts < 2 ? attempts : 2];

		for (int i = 0; i < 200; i++) {
			int64_t pause = queue_pause(&q, attempts);

			assert_true(pause >= base);
			assert_true(pause <= base + base / QUEUE_JITTER_PERCENT);
		}
	}
	arena_free(a);
}

static void a_refused_message_waits_and_in_the_end_expires(void **state)
{
	struct arena *a = arena_new("test", 1 << 20);
	struct queue_entry *e;
	struct queue q;
	int64_t now = 1000;
	int attempts = 0;

	(void)state;
	queue_init(&q, a, &policy, 7);
	add(&q, 1, "a", 20, now);
	for (;;) {
		e = take(&q, now);
		assert_non_null(e);
		assert_int_equal(e->attempts, attempts);
		if (queue_expired(&q, e->message, now))
			break;
		queue_learn(&q, e, at(now), QUEUE_REACHED, STR("450 later"));
		queue_put_back(&q, e, now + queue_pause(&q, e->attempts), e->attempts + 1, at(now));
		attempts++;
		assert_null(take(&q, now));
		assert_true(queue_next(&q, at(now)) > now);
		now = queue_next(&q, at(now));
	}
	/* 1 + 5 + 15 + 15 + 15 minutes and jitter: the hour is over with the 6th or 7th attempt. */
	assert_true(attempts >= 5 && attempts <= 6);
	queue_remove(&q, e, at(now));
	assert_null(queue_find(&q, numbered(1)));
	arena_free(a);
}

/* Whoever hangs keeps what it has and gets no more; others are served as they come. */
static void a_destination_that_hangs_delays_nobody_else(void **state)
{
	struct arena *a = arena_new("test", 64 << 20);
	size_t hanging = 0, others = 0;
	struct queue_entry *e;
	struct queue q;

	(void)state;
	queue_init(&q, a, &policy, 3);
	for (int i = 0; i < 1000; i++)
		add(&q, i, "hangs", 10, 0);
	while ((e = take(&q, 0)))
		hanging++; /* and never comes back */
	assert_int_equal(hanging, QUEUE_FIRST_CONCURRENCY);
	for (int i = 0; i < 5000; i++) {
		char name[16];

		snprintf(name, sizeof(name), "d%d", i % 50);
		add(&q, 1000 + i, name, 10, i);
		e = take(&q, i);
		assert_non_null(e);
		assert_int_equal(e->message->queued_at, i);
		deliver(&q, e, i);
		others++;
	}
	assert_int_equal(others, 5000);
	/* Several more that hang, though each was fast at first: those without any part out are
	 * still served. */
	for (int d = 0; d < 4; d++) {
		char name[16];

		snprintf(name, sizeof(name), "h%d", d);
		for (int i = 0; i < 100; i++)
			add(&q, 10000 + d * 100 + i, name, 10, 6000);
	}
	while ((e = take(&q, 6000)))
		hanging++;
	assert_true(hanging < policy.workers);
	add(&q, 20000, "new", 10, 6001);
	e = take(&q, 6001);
	assert_non_null(e);
	assert_true(str_eq(queue_name(e->to), STR("new")));
	arena_free(a);
}

static void every_destination_has_its_turn(void **state)
{
	struct arena *a = arena_new("test", 8 << 20);
	size_t served[4] = { 0 };
	struct queue q;

	(void)state;
	queue_init(&q, a, &policy, 3);
	for (int i = 0; i < 4000; i++)
		add(&q, i, i < 3700 ? "a" : i < 3800 ? "b" : i < 3900 ? "c" : "d", 10, i / 100);
	for (int i = 0; i < 400; i++) {
		struct queue_entry *e = take(&q, 100);

		served[queue_name(e->to).p[0] - 'a']++;
		deliver(&q, e, 100);
	}
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(served[i], 100);
	arena_free(a);
}

static void concurrency_grows_with_answers_and_never_above_the_cap(void **state)
{
	struct arena *a = arena_new("test", 8 << 20);
	struct queue_entry *out[64];
	struct queue q;
	size_t n = 0;

	(void)state;
	queue_init(&q, a, &policy, 3);
	for (int i = 0; i < 2000; i++)
		add(&q, i, "a", 12, 0);
	for (int round = 0; round < 50; round++) {
		size_t before = n;

		for (n = 0; (out[n] = take(&q, 0)); n++)
			assert_true(n < 12);
		assert_true(n >= before);
		for (size_t i = 0; i < n; i++)
			deliver(&q, out[i], 0);
	}
	assert_int_equal(n, 12);
	arena_free(a);
}

static void an_unreachable_destination_meets_one_probe_at_growing_pauses(void **state)
{
	struct arena *a = arena_new("test", 8 << 20);
	int64_t now = 0, last = 0, pause = 0;
	struct queue_entry *e;
	uint32_t attempts = 0;
	struct queue q;

	(void)state;
	queue_init(&q, a, &five_days, 3);
	for (int i = 0; i < 1000; i++)
		add(&q, i, "down", 20, i);
	now = 1000;
	for (int i = 0; i < 20; i++) {
		e = take(&q, now);
		assert_non_null(e);
		fail_to_reach(&q, e, now);
		attempts++;
		if (!e->to->failures)
			continue;
		assert_null(take(&q, now)); /* all others wait */
		pause = queue_next(&q, at(now)) - now;
		assert_true(pause >= last || pause >= QUEUE_PROBE_MAX_MS);
		assert_true(pause <= QUEUE_PROBE_MAX_MS * 11 / 10);
		last = last > QUEUE_PROBE_MAX_MS ? last : pause;
		now += pause;
	}
	e = take(&q, now);
	deliver(&q, e, now);
	for (int64_t age = -1; (e = take(&q, now)); attempts++) {
		assert_true(e->message->queued_at > age); /* the probes, too, are where they were */
		age = e->message->queued_at;
		deliver(&q, e, now);
	}
	arena_free(a);
}

static void what_is_too_old_in_backoff_is_given_up_without_an_attempt(void **state)
{
	struct arena *a = arena_new("test", 8 << 20);
	struct queue_entry *e;
	enum queue_job job;
	struct queue q;
	int64_t now = 0;
	size_t given_up = 0;

	(void)state;
	queue_init(&q, a, &policy, 3);
	for (int i = 0; i < 100; i++)
		add(&q, i, "down", 20, 0);
	while (q.total && now < 3 * HOUR) {
		e = queue_take(&q, at(now), &job);
		if (!e) {
			now = queue_next(&q, at(now));
			continue;
		}
		if (job == QUEUE_EXPIRE || queue_expired(&q, e->message, now)) {
			assert_true(now >= policy.max_age_ms);
			given_up += job == QUEUE_EXPIRE;
			queue_remove(&q, e, at(now));
		} else {
			fail_to_reach(&q, e, now);
		}
	}
	assert_int_equal(q.total, 0);
	assert_true(given_up > 80);
	assert_true(now < policy.max_age_ms + 20 * MINUTE);
	arena_free(a);
}

static void a_hurried_message_comes_before_older_ones(void **state)
{
	struct arena *a = arena_new("test", 1 << 20);
	struct queue_entry *e;
	struct queue q;

	(void)state;
	queue_init(&q, a, &policy, 7);
	for (int i = 0; i < 100; i++) {
		struct queue_message *m = queue_add(&q, numbered(i), i, false, false);

		queue_add_part(&q, m, STR("a"), 20, 1, 1000 + i, at(0));
	}
	queue_hurry(&q, queue_part(queue_find(&q, numbered(76)), STR("a")), false, at(10));
	queue_hurry(&q, queue_part(queue_find(&q, numbered(77)), STR("a")), true, at(10));
	e = take(&q, 10);
	assert_string_equal(e->message->id.text, "M77");
	queue_hurry(&q, e, true, at(5)); /* someone delivers it: nothing happens */
	assert_int_equal(e->at, QUEUE_TAKEN);
	assert_string_equal(take(&q, 10)->message->id.text, "M76");
	assert_null(take(&q, 10));
	arena_free(a);
}

static void what_is_held_is_not_given_out_until_it_is_released(void **state)
{
	struct arena *a = arena_new("test", 1 << 20);
	struct queue_message *m;
	struct queue_entry *e;
	struct queue q;

	(void)state;
	queue_init(&q, a, &policy, 7);
	m = add(&q, 1, "a", 20, 0);
	queue_add_part(&q, m, STR("b"), 20, 0, 0, at(0));
	e = take(&q, 0);
	queue_hold(&q, m, at(0));
	assert_null(take(&q, 0));
	queue_put_back(&q, e, 10, 1, at(0));
	assert_null(take(&q, HOUR));
	queue_release(&q, m, at(HOUR));
	assert_non_null(take(&q, HOUR));
	assert_non_null(take(&q, HOUR));
	arena_free(a);
}

static void each_late_message_is_warned_of_once(void **state)
{
	struct arena *a = arena_new("test", 1 << 20);
	struct queue_message *m;
	struct queue q;

	(void)state;
	queue_init(&q, a, &five_days, 7);
	for (int i = 0; i < 10; i++)
		add(&q, i, "a", 20, (9 - i) * SECOND);
	assert_null(queue_take_warning(&q, 4 * HOUR - 1));
	for (int i = 0; i < 10; i++) {
		m = queue_take_warning(&q, 4 * HOUR + i * SECOND);
		assert_non_null(m);
		assert_int_equal(m->queued_at, i * SECOND);
		queue_warned(&q, m);
		assert_null(queue_take_warning(&q, 4 * HOUR + i * SECOND));
	}
	arena_free(a);
}

static void a_walk_sees_each_message_though_others_come_and_go(void **state)
{
	struct arena *a = arena_new("test", 8 << 20);
	struct queue_walker w, other;
	struct queue_message *m;
	int seen = 0, last = -1;
	struct queue q;

	(void)state;
	queue_init(&q, a, &policy, 7);
	for (int i = 0; i < 100; i++)
		add(&q, i, "a", 200, 0);
	queue_walk_begin(&q, &w);
	queue_walk_begin(&q, &other);
	while ((m = queue_walk(&q, &w))) {
		int i = number_of(m);

		assert_true(i > last);
		last = i;
		if (i % 3 == 0)
			queue_drop(&q, m, at(0));
		if (i % 10 == 0) /* one that is to come has gone */
			queue_drop(&q, queue_find(&q, numbered(i + 1)), at(0));
		seen++;
	}
	assert_null(queue_walk(&q, &w));
	queue_walk_end(&w);
	assert_int_equal(seen, 90);
	assert_non_null(queue_walk(&q, &other));
	queue_walk_end(&other);
	arena_free(a);
}

/* Names come from envelopes: whoever sends to ever new domains fills nothing. */
static void destinations_without_messages_are_forgotten(void **state)
{
	struct arena *a = arena_new("test", 8 << 20);
	struct queue q;

	(void)state;
	queue_init(&q, a, &policy, 7);
	for (int i = 0; i < 50000; i++) {
		char name[32];

		snprintf(name, sizeof(name), "mx:d%d.example", i);
		add(&q, i, name, 10, i);
		deliver(&q, take(&q, i), i);
		assert_true(q.n_destinations <= QUEUE_IDLE_DESTINATIONS + 1);
	}
	assert_int_equal(q.n_destinations, QUEUE_IDLE_DESTINATIONS);
	arena_free(a);
}

/* --- a weekend: the server inside is down for 72 hours, 20 000 messages arrive meanwhile,
 * we are restarted in the middle, then it comes back and can do 20 messages a second. */

enum { WEEKEND = 20000, OUTAGE = 72 * HOUR };

/* What the disk knows of a message. */
struct kept {
	int64_t queued_at, next_at;
	uint32_t attempts;
	bool delivered;
};

struct weekend {
	struct queue q;
	struct kept *kept;
	size_t attempts, delivered, warned, expired, most_at_once;
	int64_t oldest_out;
	struct {
		struct queue_entry *e;
		int64_t ends;
	} out[32];
	size_t n_out;
};

static struct kept *kept_of(struct weekend *w, const struct queue_message *m)
{
	return &w->kept[number_of(m)];
}

static void begin_all(struct weekend *w, int64_t now)
{
	struct queue_entry *e;
	enum queue_job job;

	while (w->n_out < five_days.workers && (e = queue_take(&w->q, at(now), &job))) {
		w->attempts++;
		w->expired += job == QUEUE_EXPIRE || queue_expired(&w->q, e->message, now);
		w->out[w->n_out].e = e;
		w->out[w->n_out++].ends = now + (now < OUTAGE ? 30 * SECOND : 500);
		if (w->n_out > w->most_at_once)
			w->most_at_once = w->n_out;
	}
}

static void end_some(struct weekend *w, int64_t now)
{
	for (size_t i = 0; i < w->n_out;) {
		struct queue_entry *e = w->out[i].e;

		if (w->out[i].ends > now) {
			i++;
			continue;
		}
		if (now >= OUTAGE) {
			kept_of(w, e->message)->delivered = true;
			w->delivered++;
			deliver(&w->q, e, now);
		} else {
			struct kept *k = kept_of(w, e->message);

			fail_to_reach(&w->q, e, now);
			k->attempts = e->attempts;
			k->next_at = e->due_at;
		}
		w->out[i] = w->out[--w->n_out];
	}
}

static void warn_all(struct weekend *w, int64_t now)
{
	struct queue_message *m;

	while ((m = queue_take_warning(&w->q, now))) {
		w->warned++;
		queue_warned(&w->q, m);
	}
}

static struct arena *start_again(struct weekend *w, size_t arrived, int64_t now)
{
	struct arena *a = arena_new("weekend", 64 << 20);

	queue_init(&w->q, a, &five_days, 5);
	w->n_out = 0;
	for (size_t i = 0; i < arrived; i++) {
		const struct kept *k = &w->kept[i];
		struct queue_message *m;

		if (k->delivered)
			continue;
		m = queue_add(&w->q, numbered((int)i), k->queued_at, false,
			      now - k->queued_at < five_days.warn_after_ms);
		queue_add_part(&w->q, m, STR("smtp:inside:25"), 20, k->attempts, k->next_at,
			       at(now));
	}
	return a;
}

static void a_weekend_of_outage_loses_nothing(void **state)
{
	struct weekend w = { .kept = calloc(WEEKEND, sizeof(struct kept)) };
	struct arena *a = start_again(&w, 0, 0);
	bool restarted = false;
	size_t arrived = 0;
	int64_t now, began = clock_now_ms(), done_at = 0;
	size_t during = 0, late = 0;
	int64_t before = 0;

	(void)state;
	for (now = 0; w.delivered < WEEKEND && now < OUTAGE + 24 * HOUR; now += 100) {
		while (arrived < WEEKEND && (int64_t)arrived * OUTAGE / WEEKEND <= now) {
			w.kept[arrived].queued_at = now;
			add(&w.q, (int)arrived++, "smtp:inside:25", 20, now);
		}
		if (!restarted && now >= OUTAGE / 2) {
			arena_free(a);
			a = start_again(&w, arrived, now);
			restarted = true;
		}
		if (now < OUTAGE)
			during = w.attempts;
		end_some(&w, now);
		begin_all(&w, now);
		warn_all(&w, now);
		for (size_t i = 0; now >= OUTAGE && i < w.n_out; i++) {
			int64_t age = w.out[i].e->message->queued_at;

			late += age + HOUR < before; /* far behind the oldest that went before */
			before = age > before ? age : before;
		}
		done_at = now;
	}
	print_message("# a weekend: %d messages, %zu attempts during the outage, %zu delivered, "
		      "%zu expired, %zu warnings, at most %zu at once, drained in %lld s of its "
		      "time, simulated in %lld ms\n",
		      WEEKEND, during, w.delivered, w.expired, w.warned, w.most_at_once,
		      (long long)(done_at - OUTAGE) / 1000, (long long)(clock_now_ms() - began));
	assert_int_equal(w.delivered, WEEKEND);
	assert_int_equal(w.expired, 0);
	assert_true(during < 600);
	assert_int_equal(late, 0);
	assert_int_equal(w.most_at_once, 20);
	arena_free(a);
	free(w.kept);
}

/* Printed, not judged: machines differ. */
static void the_cost_of_an_operation_is_flat(void **state)
{
	static const int sizes[] = { 1000, 10000, 100000 };

	(void)state;
	for (size_t s = 0; s < ARRAY_LEN(sizes); s++) {
		struct arena *a = arena_new("test", 256 << 20);
		int64_t began;
		struct queue q;

		queue_init(&q, a, &five_days, 7);
		for (int i = 0; i < sizes[s]; i++) {
			char name[16];

			snprintf(name, sizeof(name), "d%d", i % 100);
			add(&q, i, name, 20, i);
		}
		began = clock_now_us();
		for (int i = 0; i < 20000; i++) {
			int64_t now = sizes[s] + i;
			struct queue_entry *e = take(&q, now);

			assert_non_null(queue_find(&q, e->message->id));
			queue_learn(&q, e, at(now), QUEUE_REACHED, STR("250"));
			if (i % 2) {
				queue_put_back(&q, e, now, e->attempts + 1, at(now));
				continue;
			}
			queue_remove(&q, e, at(now));
			add(&q, sizes[s] + i, "d5", 20, now);
		}
		print_message("# %d queued: %lld ns an attempt\n", sizes[s],
			      (long long)(clock_now_us() - began) * 1000 / 20000);
		arena_free(a);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(messages_come_in_the_order_of_their_age),
		cmocka_unit_test(pauses_grow_as_configured_and_the_last_repeats),
		cmocka_unit_test(a_refused_message_waits_and_in_the_end_expires),
		cmocka_unit_test(a_destination_that_hangs_delays_nobody_else),
		cmocka_unit_test(every_destination_has_its_turn),
		cmocka_unit_test(concurrency_grows_with_answers_and_never_above_the_cap),
		cmocka_unit_test(an_unreachable_destination_meets_one_probe_at_growing_pauses),
		cmocka_unit_test(what_is_too_old_in_backoff_is_given_up_without_an_attempt),
		cmocka_unit_test(a_hurried_message_comes_before_older_ones),
		cmocka_unit_test(what_is_held_is_not_given_out_until_it_is_released),
		cmocka_unit_test(each_late_message_is_warned_of_once),
		cmocka_unit_test(a_walk_sees_each_message_though_others_come_and_go),
		cmocka_unit_test(destinations_without_messages_are_forgotten),
		cmocka_unit_test(a_weekend_of_outage_loses_nothing),
		cmocka_unit_test(the_cost_of_an_operation_is_flat),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "relay/attempts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

static const str two[] = { { "a@x", 3 }, { "b@x", 3 } };
static uint64_t outcome[] = { 0, 4 };
static const struct attempts_outcome ended = { .outcome = outcome,
					       .next_hop = STR("hop"),
					       .reply = STR("250 ok"),
					       .tls = STR("TLSv1.3 x dane"),
					       .dsn = true };

static struct attempts_one *begin(struct attempts *s, const char *id, size_t n)
{
	return attempts_begin(s, str_c(id), two, n, deadline_in(5000));
}

static void end(struct attempts *s, struct attempts_one *one, bool told)
{
	if (!one->end.outcome)
		attempts_note(one, &ended);
	attempts_end(s, one, told);
}

static void what_was_told_is_forgotten(void **state)
{
	struct attempts s;
	struct attempts_one *one;

	(void)state;
	attempts_init(&s);
	end(&s, begin(&s, "M1", 2), true);
	one = begin(&s, "M1", 2);
	assert_null(one->end.outcome);
	end(&s, one, true);
	assert_true(list_empty(&s.running) && list_empty(&s.untold));
}

static void what_was_not_told_is_told_the_next_one_who_asks(void **state)
{
	struct attempts s;
	struct attempts_one *one;

	(void)state;
	attempts_init(&s);
	end(&s, begin(&s, "M1", 2), false);
	for (int i = 0; i < 2; i++) {
		one = begin(&s, "M1", 2);
		assert_non_null(one->end.outcome);
		assert_int_equal(one->end.outcome[1], 4);
		assert_true(str_eq(one->end.reply, STR("250 ok")));
		assert_true(str_eq(one->end.tls, STR("TLSv1.3 x dane")) && one->end.dsn);
		end(&s, one, i == 1);
	}
	assert_int_equal(s.n_untold, 0);
	assert_true(list_empty(&s.running) && list_empty(&s.untold));
}

static void other_recipients_are_another_attempt(void **state)
{
	struct attempts s;
	struct attempts_one *one;

	(void)state;
	attempts_init(&s);
	end(&s, begin(&s, "M1", 1), false);
	one = begin(&s, "M1", 2);
	assert_null(one->end.outcome);
	end(&s, one, true);
	assert_int_equal(s.n_untold, 0);
}

/* Handed over to all at once, then asked for destination by destination. */
static void what_was_not_told_is_told_in_parts(void **state)
{
	struct attempts s;
	struct attempts_one *one;

	(void)state;
	attempts_init(&s);
	end(&s, begin(&s, "M1", 2), false);
	for (int i = 1; i >= 0; i--) {
		one = attempts_begin(&s, STR("M1"), two + i, 1, deadline_in(0));
		assert_int_equal(one->end.outcome[0], outcome[i]);
		end(&s, one, true);
	}
	assert_int_equal(s.n_untold, 0);
	one = attempts_begin(&s, STR("M1"), two, 1, deadline_in(0));
	assert_null(one->end.outcome);
	end(&s, one, true);
	assert_true(list_empty(&s.running) && list_empty(&s.untold));
}

static void the_oldest_untold_ones_give_way(void **state)
{
	struct attempts s;
	char id[16];

	(void)state;
	attempts_init(&s);
	for (int i = 0; i < ATTEMPTS_UNTOLD + 5; i++) {
		snprintf(id, sizeof(id), "M%d", i);
		end(&s, begin(&s, id, 1), false);
	}
	assert_int_equal(s.n_untold, ATTEMPTS_UNTOLD);
	for (int i = 0; i < ATTEMPTS_UNTOLD + 5; i++) {
		struct attempts_one *one;

		snprintf(id, sizeof(id), "M%d", i);
		one = begin(&s, id, 1);
		assert_int_equal(one->end.outcome != NULL, i >= 5);
		end(&s, one, true);
	}
}

static void *ask_again(void *ctx)
{
	struct attempts_one *one = begin(ctx, "M1", 2);
	bool knew = one->end.outcome != NULL;

	end(ctx, one, true);
	return knew ? ctx : NULL;
}

static void a_second_one_waits_for_the_first(void **state)
{
	struct attempts s;
	static const str other = { "c@y", 3 };
	struct attempts_one *first;
	pthread_t thread;
	void *knew;

	(void)state;
	attempts_init(&s);
	first = begin(&s, "M1", 2);
	assert_int_equal(pthread_create(&thread, NULL, ask_again, &s), 0);
	end(&s, attempts_begin(&s, STR("M1"), &other, 1, deadline_in(0)), true);
	assert_null(attempts_begin(&s, STR("M2"), two, 2, deadline_in(0))->end.outcome);
	end(&s, first, false);
	pthread_join(thread, &knew);
	assert_non_null(knew);
	end(&s, list_entry(s.running.next, struct attempts_one, link), true);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_told_is_forgotten),
		cmocka_unit_test(what_was_not_told_is_told_the_next_one_who_asks),
		cmocka_unit_test(other_recipients_are_another_attempt),
		cmocka_unit_test(what_was_not_told_is_told_in_parts),
		cmocka_unit_test(the_oldest_untold_ones_give_way),
		cmocka_unit_test(a_second_one_waits_for_the_first),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

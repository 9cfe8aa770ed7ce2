#include "audit/fate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define STOPPED (BATTERY_REJECT | BATTERY_QUARANTINE)

static struct posting answered(enum posting_stage stage, int code)
{
	return (struct posting){ .stage = stage, .code = code };
}

static enum fate_judgement judged(struct posting p, bool watched, const struct arrival *a,
				  uint32_t allowed, bool malicious)
{
	return fate_judge(fate_of(&p, watched, a), allowed, malicious, a);
}

static void a_refusal_at_any_stage_is_a_refusal(void **state)
{
	(void)state;
	for (int s = POSTING_GREETING; s < POSTING_STAGES; s++) {
		struct posting p = answered((enum posting_stage)s, 554);

		assert_int_equal(fate_of(&p, true, NULL), FATE_REFUSED);
		assert_int_equal(judged(p, true, NULL, BATTERY_REJECT, true), FATE_PASS);
		assert_int_equal(judged(p, true, NULL, BATTERY_ACCEPT, false), FATE_FAIL);
	}
}

static void what_never_comes_is_held_and_held_is_as_good_as_refused(void **state)
{
	struct posting p = answered(POSTING_END, 250);

	(void)state;
	assert_int_equal(fate_of(&p, true, NULL), FATE_HELD);
	assert_int_equal(judged(p, true, NULL, BATTERY_REJECT, true), FATE_PASS);
	assert_int_equal(judged(p, true, NULL, BATTERY_ACCEPT | BATTERY_FLAG, false), FATE_FAIL);
}

static void nobody_knows_where_an_unwatched_message_went(void **state)
{
	(void)state;
	assert_int_equal(judged(answered(POSTING_END, 250), false, NULL, STOPPED, true),
			 FATE_UNCLEAR);
	assert_int_equal(judged(answered(POSTING_CONNECT, 0), true, NULL, STOPPED, true),
			 FATE_UNCLEAR);
	assert_int_equal(judged(answered(POSTING_RCPT, 450), true, NULL, STOPPED, true),
			 FATE_UNCLEAR);
	assert_int_equal(judged(answered(POSTING_RCPT, 450), true, NULL, BATTERY_DEFER, false),
			 FATE_PASS);
}

static void what_is_malicious_and_arrives_is_dangerous(void **state)
{
	struct posting p = answered(POSTING_END, 250);
	struct arrival clean = { .pieces = 2, .kept = 2 }, marked = clean;
	struct arrival defused = { .altered = true, .defused = true, .pieces = 2, .kept = 1 };
	struct arrival touched = { .altered = true, .pieces = 2, .kept = 1 };

	(void)state;
	marked.marked = true;
	assert_int_equal(judged(p, true, &clean, STOPPED, true), FATE_DANGER);
	assert_int_equal(judged(p, true, &marked, STOPPED, true), FATE_DANGER);
	assert_int_equal(judged(p, true, &touched, STOPPED, true), FATE_DANGER);
	assert_int_equal(judged(p, true, &defused, STOPPED, true), FATE_PASS);
	assert_int_equal(judged(p, true, &defused, BATTERY_ACCEPT, false), FATE_FAIL);
}

static void a_mark_is_what_was_asked_for_or_too_much(void **state)
{
	struct posting p = answered(POSTING_END, 250);
	struct arrival clean = { .pieces = 1, .kept = 1 }, marked = clean, hinted = clean;

	(void)state;
	marked.marked = hinted.hinted = true;
	assert_int_equal(judged(p, true, &clean, BATTERY_FLAG, false), FATE_FAIL);
	assert_int_equal(judged(p, true, &hinted, BATTERY_FLAG, false), FATE_PASS);
	assert_int_equal(judged(p, true, &marked, BATTERY_FLAG, false), FATE_PASS);
	assert_int_equal(judged(p, true, &hinted, BATTERY_ACCEPT, false), FATE_PASS);
	assert_int_equal(judged(p, true, &marked, BATTERY_ACCEPT, false), FATE_FAIL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_refusal_at_any_stage_is_a_refusal),
		cmocka_unit_test(what_never_comes_is_held_and_held_is_as_good_as_refused),
		cmocka_unit_test(nobody_knows_where_an_unwatched_message_went),
		cmocka_unit_test(what_is_malicious_and_arrives_is_dangerous),
		cmocka_unit_test(a_mark_is_what_was_asked_for_or_too_much),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Our own session relays nothing and hears one message where there is one. */
#include "audit/ourselves.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

struct seen {
	size_t passed, other;
};

static void take(void *ctx, const struct fate_row *row)
{
	struct seen *s = ctx;

	if (row->judgement == FATE_PASS)
		s->passed++;
	else
		s->other++;
}

static void every_case_that_can_be_decided_here_passes(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("conf", 16 << 20);
	struct conf *conf = conf_new_default(a);
	struct seen relay = { 0 }, dialogue = { 0 };
	struct why why = { "" };

	(void)state;
	assert_int_equal(conf_set(conf, STR("domains"), STR("hopital.example"), &why), 0);
	assert_int_equal(ourselves_judge(conf, STR("T001"), take, &relay, &why), 0);
	assert_int_equal(relay.passed, 14);
	assert_int_equal(relay.other, 0);
	assert_int_equal(ourselves_judge(conf, STR("X-"), take, &dialogue, &why), 0);
	assert_true(dialogue.passed >= 15);
	assert_int_equal(dialogue.other, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_case_that_can_be_decided_here_passes),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

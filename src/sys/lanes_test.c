/* Lanes: many threads ask at once, each gets its own answer; a lane whose process died is
 * passed over; without lanes a question ends at its deadline. */
#include "sys/lanes.h"

#include "sys/proc.h"
#include "sys/stream.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <unistd.h>

#include <cmocka.h>

enum { LANES = 4, ASKERS = 16, QUESTIONS = 200 };
enum { LATE_ASKERS = 3, LATE_MS = 200, PATIENCE_MS = 550 };

static int echo(void *ctx, struct chan *c, struct msg *m, struct arena *a)
{
	struct msg answer = { .type = MSG_dns_told, .dns_told = { m->dns_ask.questions } };

	(void)ctx;
	(void)a;
	return chan_send(c, &answer, NULL);
}

static void connect_lane(struct lanes *l)
{
	int fds[2];
	struct why why;

	assert_int_equal(chan_pair(fds, &why), 0);
	assert_int_equal(lanes_serve(fds[1], PROCESS_DNS, PROCESS_SCAN, echo, NULL, &why), 0);
	lanes_add(l, fds[0], 0);
}

struct asker {
	struct lanes *lanes;
	unsigned number, wrong;
};

static void *ask_many(void *ctx)
{
	struct asker *k = ctx;
	struct arena *a = arena_new("asker", 4 << 20);

	for (unsigned i = 0; i < QUESTIONS; i++) {
		str text = arena_fmt(a, "asker %u question %u", k->number, i);
		struct msg q = { .type = MSG_dns_ask, .dns_ask = { 0, text } }, answer;

		if (lanes_ask(k->lanes, &q, MSG_dns_told, a, deadline_in(10000), &answer, NULL) <
			    0 ||
		    !str_eq(answer.dns_told.answers, text))
			k->wrong++;
		arena_reset(a);
	}
	arena_free(a);
	return NULL;
}

static void many_askers_each_get_their_own_answers(void **state)
{
	struct lanes *l = lanes_new(PROCESS_SCAN, PROCESS_DNS);
	struct asker askers[ASKERS];
	pthread_t threads[ASKERS];

	(void)state;
	for (int i = 0; i < LANES; i++)
		connect_lane(l);
	for (unsigned i = 0; i < ASKERS; i++) {
		askers[i] = (struct asker){ l, i, 0 };
		assert_int_equal(pthread_create(&threads[i], NULL, ask_many, &askers[i]), 0);
	}
	for (unsigned i = 0; i < ASKERS; i++) {
		pthread_join(threads[i], NULL);
		assert_int_equal(askers[i].wrong, 0);
	}
	lanes_free(l);
}

static void a_dead_lane_is_passed_over(void **state)
{
	struct lanes *l = lanes_new(PROCESS_SCAN, PROCESS_DNS);
	struct arena *a = arena_new("test", 1 << 20);
	struct msg q = { .type = MSG_dns_ask, .dns_ask = { 0, STR("hello") } }, answer;
	int fds[2];

	(void)state;
	connect_lane(l);
	assert_int_equal(chan_pair(fds, NULL), 0);
	close(fds[1]);
	lanes_add(l, fds[0], 0); /* taken first, and dead */
	assert_int_equal(lanes_ask(l, &q, MSG_dns_told, a, deadline_in(5000), &answer, NULL), 0);
	assert_true(str_eq(answer.dns_told.answers, STR("hello")));
	arena_free(a);
	lanes_free(l);
}

static size_t open_descriptors(void)
{
	size_t n = 0;

	for (int fd = 0; fd < 2048; fd++)
		n += fcntl(fd, F_GETFD) >= 0;
	return n;
}

/* A process that dies and comes back leaves nothing behind at those that ask it. */
static void lanes_of_former_lives_do_not_pile_up(void **state)
{
	struct lanes *l = lanes_new(PROCESS_SCAN, PROCESS_DNS);
	struct arena *a = arena_new("test", 1 << 20);
	struct msg q = { .type = MSG_dns_ask, .dns_ask = { 0, STR("hello") } }, answer;
	size_t before;

	(void)state;
	connect_lane(l);
	before = open_descriptors();
	for (int life = 0; life < 300; life++) {
		int fds[2];

		assert_int_equal(chan_pair(fds, NULL), 0);
		lanes_add(l, fds[0], 0);
		close(fds[1]);
	}
	/* Threads of the tests before this one may still be closing theirs. */
	assert_true(open_descriptors() <= before + 1);
	assert_int_equal(lanes_ask(l, &q, MSG_dns_told, a, deadline_in(5000), &answer, NULL), 0);
	arena_free(a);
	lanes_free(l);
}

static int answer_late(void *ctx, struct chan *c, struct msg *m, struct arena *a)
{
	defs_ignore(stream_wait(-1, 0, deadline_in(LATE_MS), NULL)); /* only the time */
	return echo(ctx, c, m, a);
}

static void *ask_the_slow_one(void *ctx)
{
	struct asker *k = ctx;
	struct arena *a = arena_new("asker", 4 << 20);
	struct msg q = { .type = MSG_dns_ask, .dns_ask = { 0, STR("hello") } }, answer;
	struct why why;

	k->wrong = lanes_ask_within(k->lanes, &q, MSG_dns_told, a, deadline_in(10000), PATIENCE_MS,
				    &answer, &why) < 0;
	arena_free(a);
	return NULL;
}

/* Who waited long for its turn would give up just when the other side is done with it. */
static void the_wait_for_a_lane_is_no_part_of_the_wait_for_the_answer(void **state)
{
	struct lanes *l = lanes_new(PROCESS_SCAN, PROCESS_DNS);
	struct asker askers[LATE_ASKERS];
	pthread_t threads[LATE_ASKERS];
	int fds[2];

	(void)state;
	_Static_assert(LATE_ASKERS * LATE_MS > PATIENCE_MS, "the last one is not late");
	assert_int_equal(chan_pair(fds, NULL), 0);
	assert_int_equal(lanes_serve(fds[1], PROCESS_DNS, PROCESS_SCAN, answer_late, NULL, NULL),
			 0);
	lanes_add(l, fds[0], 0);
	for (unsigned i = 0; i < LATE_ASKERS; i++) {
		askers[i] = (struct asker){ l, i, 0 };
		assert_int_equal(pthread_create(&threads[i], NULL, ask_the_slow_one, &askers[i]),
				 0);
	}
	for (unsigned i = 0; i < LATE_ASKERS; i++) {
		pthread_join(threads[i], NULL);
		assert_int_equal(askers[i].wrong, 0);
	}
	lanes_free(l);
}

static void count_lost(void *ctx, enum process peer)
{
	assert_int_equal(peer, PROCESS_DNS);
	++*(unsigned *)ctx;
}

static void a_lane_whose_answer_is_late_is_closed_and_told_of(void **state)
{
	struct lanes *l = lanes_new(PROCESS_SCAN, PROCESS_DNS);
	struct arena *a = arena_new("test", 1 << 20);
	struct msg q = { .type = MSG_dns_ask, .dns_ask = { 0, STR("hello") } }, answer;
	unsigned lost = 0;
	struct why why;
	int fds[2];

	(void)state;
	lanes_on_lost(l, count_lost, &lost);
	assert_int_equal(chan_pair(fds, &why), 0);
	assert_int_equal(lanes_serve(fds[1], PROCESS_DNS, PROCESS_SCAN, answer_late, NULL, &why),
			 0);
	lanes_add(l, fds[0], 0);
	assert_int_equal(lanes_ask(l, &q, MSG_dns_told, a, deadline_in(50), &answer, &why),
			 -ETIMEDOUT);
	assert_int_equal(lost, 1);
	connect_lane(l);
	assert_int_equal(lanes_ask(l, &q, MSG_dns_told, a, deadline_in(5000), &answer, &why), 0);
	assert_true(str_eq(answer.dns_told.answers, STR("hello")));
	arena_free(a);
	lanes_free(l);
}

/* Whoever can make a question too long must not use up the lanes of all the others. */
static void a_question_above_its_limits_costs_no_lane(void **state)
{
	struct lanes *l = lanes_new(PROCESS_SCAN, PROCESS_DNS);
	struct arena *a = arena_new("test", 1 << 20);
	struct msg q = { .type = MSG_dns_ask }, answer;
	unsigned lost = 0;
	struct why why;

	(void)state;
	q.dns_ask.questions = arena_str(a, str_of((char[60001]){ 0 }, 60001));
	lanes_on_lost(l, count_lost, &lost);
	connect_lane(l);
	assert_int_equal(lanes_ask(l, &q, MSG_dns_told, a, deadline_in(5000), &answer, &why),
			 -EMSGSIZE);
	assert_int_equal(lanes_tell(l, &q, deadline_in(5000), &why), -EMSGSIZE);
	assert_int_equal(lost, 0);
	q.dns_ask.questions = STR("hello");
	assert_int_equal(lanes_ask(l, &q, MSG_dns_told, a, deadline_in(5000), &answer, &why), 0);
	assert_true(str_eq(answer.dns_told.answers, STR("hello")));
	arena_free(a);
	lanes_free(l);
}

static void without_lanes_a_question_ends_at_its_deadline(void **state)
{
	struct lanes *l = lanes_new(PROCESS_SCAN, PROCESS_DNS);
	struct arena *a = arena_new("test", 1 << 20);
	struct msg q = { .type = MSG_dns_ask }, answer;
	struct why why;

	(void)state;
	assert_int_equal(lanes_ask(l, &q, MSG_dns_told, a, deadline_in(20), &answer, &why),
			 -ETIMEDOUT);
	arena_free(a);
	lanes_free(l);
}

/* Of a process that is stopped, or was taken over. */
static void who_does_not_read_holds_nobody_who_tells_it(void **state)
{
	enum { MOST = 100000 };
	struct lanes *l = lanes_new(PROCESS_SCAN, PROCESS_FETCH);
	struct msg m = { .type = MSG_exported, .exported = { STR("siem"), 4, STR("{12}") } };
	struct why why;
	int fds[2], told = 0, r = 0;

	(void)state;
	assert_int_equal(chan_pair(fds, &why), 0);
	lanes_add(l, fds[0], 0);
	alarm(20); /* it would be held for ever */
	for (; r == 0 && told < MOST; told++)
		r = lanes_tell(l, &m, deadline_in(20), &why);
	alarm(0);
	assert_int_equal(r, -ETIMEDOUT);
	assert_in_range(told, 2, MOST - 1);
	close(fds[1]);
	lanes_free(l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(many_askers_each_get_their_own_answers),
		cmocka_unit_test(a_dead_lane_is_passed_over),
		cmocka_unit_test(lanes_of_former_lives_do_not_pile_up),
		cmocka_unit_test(the_wait_for_a_lane_is_no_part_of_the_wait_for_the_answer),
		cmocka_unit_test(a_lane_whose_answer_is_late_is_closed_and_told_of),
		cmocka_unit_test(a_question_above_its_limits_costs_no_lane),
		cmocka_unit_test(without_lanes_a_question_ends_at_its_deadline),
		cmocka_unit_test(who_does_not_read_holds_nobody_who_tells_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* How long a message waits for a DNS that is silent, and for whom it waits all the same. */
#include "dns/dnspatience.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <unistd.h>

enum { WAIT_MS = 300 };

/* Answers what begins with "good" after some time; is silent about all others until the deadline,
 * and as long as it is late behind it. */
struct world {
	int64_t answers_after_ms, late_ms;
	size_t lookups;
};

static void lookup(void *ctx, struct arena *a unused_arg, const struct dns_question *q, size_t n,
		   deadline d, struct dns_answer *ret)
{
	struct world *w = ctx;
	bool silent = false;

	w->lookups++;
	for (size_t i = 0; i < n; i++) {
		bool good =
			str_starts(q[i].name, STR("good")) && clock_left(d) > w->answers_after_ms;

		ret[i] = dns_no_answer(good ? DNS_NODATA : DNS_TIMEOUT, q[i].name);
		silent |= !good;
	}
	if (silent)
		usleep((useconds_t)((clock_left(d) + w->late_ms) * 1000));
	else
		usleep((useconds_t)(w->answers_after_ms * 1000));
}

struct bench {
	struct arena *arena;
	struct world world;
	struct dnspatience patience;
	struct dns_resolver dns;
};

static int setup(void **state)
{
	struct arena *a = arena_new("test", 1 << 20);
	struct bench *b = arena_make(a, struct bench);

	b->arena = a;
	b->patience.below = (struct dns_resolver){ lookup, &b->world };
	b->dns = dnspatience_resolver(&b->patience);
	*state = b;
	return 0;
}

static int teardown(void **state)
{
	struct bench *b = *state;

	arena_free(b->arena);
	return 0;
}

static enum dns_status ask(struct bench *b, const char *name, deadline d)
{
	return dns_ask(&b->dns, b->arena, str_c(name), DNS_TXT, d).status;
}

/* In how many milliseconds two halves of a message are through, each with several questions. */
static int64_t two_halves(struct bench *b, const char *first, const char *second,
			  enum dns_status *ret)
{
	int64_t began = clock_now_ms();
	deadline d = deadline_in(WAIT_MS);

	for (int i = 0; i < 3; i++)
		*ret = ask(b, first, d);
	d = deadline_in(WAIT_MS);
	for (int i = 0; i < 3; i++)
		*ret = ask(b, second, d);
	return clock_now_ms() - began;
}

static void test_who_is_silent_is_waited_for_a_third_as_long(void **state)
{
	enum dns_status status;

	assert_in_range(two_halves(*state, "a.example", "b.example", &status), WAIT_MS * 4 / 3 - 5,
			WAIT_MS * 5 / 3);
	assert_int_equal(status, DNS_TIMEOUT);
}

/* The first half is the sender's choice: his silence must not excuse what the second half shows. */
static void test_who_works_answers_after_the_sender_was_silent(void **state)
{
	struct bench *b = *state;
	enum dns_status status;

	b->world.answers_after_ms = WAIT_MS / 10;
	two_halves(b, "a.example", "good.example", &status);
	assert_int_equal(status, DNS_NODATA);
}

static void test_who_answered_anything_has_all_the_time(void **state)
{
	struct bench *b = *state;

	b->world.answers_after_ms = WAIT_MS / 2;
	assert_int_equal(ask(b, "good.example", deadline_in(WAIT_MS)), DNS_NODATA);
	assert_int_equal(ask(b, "a.example", deadline_in(WAIT_MS)), DNS_TIMEOUT);
	assert_int_equal(ask(b, "good.example", deadline_in(WAIT_MS)), DNS_NODATA);
}

static void test_who_hangs_is_asked_once(void **state)
{
	struct bench *b = *state;
	enum dns_status status;

	b->world.late_ms = DNSPATIENCE_LATE_MS + 100;
	assert_in_range(two_halves(b, "a.example", "good.example", &status), 0,
			WAIT_MS + b->world.late_ms + WAIT_MS / 3);
	assert_int_equal(status, DNS_TIMEOUT);
	assert_int_equal(b->world.lookups, 1);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(test_who_is_silent_is_waited_for_a_third_as_long),
		T(test_who_works_answers_after_the_sender_was_silent),
		T(test_who_answered_anything_has_all_the_time),
		T(test_who_hangs_is_asked_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Lessons of one recipient say most of what is like them, never more than their bound, nothing
 * where the organisation knew already or they contradict each other. */
#include "learn/taste.h"

#include <math.h>

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

enum { BUDGET = 64 << 20, KEY = 42, PIECES = 400 };

/* Of a sort of mail nine in ten pieces are the same, and some are those of all mail. */
static struct taste_codes codes_of(struct arena *a, int sort, int number, int pieces)
{
	struct taste_codes c;
	struct features f;

	for (int v = 0; v < FEATURES_VIEWS; v++) {
		struct features_set *set = features_new(a, KEY, (enum features_view)v);

		for (int i = 0; i < pieces; i++) {
			int piece[] = { i % 8 == 0 ? 0 : sort, i % 10 == 1 ? number : 0, i };

			features_token(set, 'x', str_of(piece, sizeof(piece)), STR(""));
		}
		f.view[v] = features_encode(a, set);
	}
	taste_sample(&f, &c);
	return c;
}

struct taught {
	struct taste_lesson v[TASTE_LESSONS];
	size_t n;
};

static void teach(struct arena *a, struct taught *t, int sort, bool bad, double logit)
{
	struct taste_lesson *l = &t->v[t->n];

	*l = (struct taste_lesson){
		.bad = bad, .logit = (float)logit, .at = (uint32_t)t->n, .digest = t->n
	};
	l->codes = codes_of(a, sort, 1000 + (int)t->n, PIECES);
	t->n++;
}

static double weigh(struct arena *a, const struct taught *t, int sort)
{
	struct taste_codes c = codes_of(a, sort, 9, PIECES);

	return taste_weigh(t->v, t->n, &c);
}

static int begin(void **state)
{
	*state = arena_new("test", BUDGET);
	return 0;
}

static int end(void **state)
{
	arena_free(*state);
	return 0;
}

static void what_was_taught_counts_for_its_like_only(void **state)
{
	struct arena *a = *state;
	struct taught t = { 0 };

	for (int i = 0; i < 6; i++)
		teach(a, &t, 1, true, -2);
	for (int i = 0; i < 6; i++)
		teach(a, &t, 2, false, 2);
	assert_true(taste_fit(t.v, t.n));
	assert_true(weigh(a, &t, 1) > 1);
	assert_true(weigh(a, &t, 2) < -1);
	assert_true(fabs(weigh(a, &t, 3)) < 0.1);
}

static void no_lessons_move_more_than_the_bound(void **state)
{
	struct arena *a = *state;
	struct taught t = { 0 };

	while (t.n < TASTE_LESSONS)
		teach(a, &t, 1, true, -20);
	assert_true(taste_fit(t.v, t.n));
	assert_true(weigh(a, &t, 1) <= TASTE_MOST && weigh(a, &t, 1) > 2);
}

static void what_the_organisation_knew_weighs_nothing(void **state)
{
	struct arena *a = *state;
	struct taught t = { 0 };

	for (int i = 0; i < 10; i++)
		teach(a, &t, 1, true, 8);
	assert_true(taste_fit(t.v, t.n));
	assert_true(fabs(weigh(a, &t, 1)) < 0.1);
}

static void few_lessons_are_silent(void **state)
{
	struct arena *a = *state;
	struct taught t = { 0 };

	assert_false(taste_fit(t.v, 0));
	for (int i = 0; i < TASTE_FEW - 1; i++)
		teach(a, &t, 1, true, 0);
	assert_false(taste_fit(t.v, t.n));
	teach(a, &t, 1, true, 0);
	assert_true(taste_fit(t.v, t.n));
}

static void who_contradicts_himself_is_not_heard(void **state)
{
	struct arena *a = *state;
	struct taught t = { 0 };

	for (int i = 0; i < 20; i++)
		teach(a, &t, 1, i % 2, 0);
	assert_false(taste_fit(t.v, t.n));
}

static void the_order_of_lessons_makes_no_difference(void **state)
{
	struct arena *a = *state;
	struct taught t = { 0 }, reversed = { .n = 20 };

	for (int i = 0; i < 20; i++)
		teach(a, &t, i % 3, i % 3 == 1, i % 2 ? 1 : -1);
	for (size_t i = 0; i < t.n; i++)
		reversed.v[i] = t.v[t.n - 1 - i];
	assert_int_equal(taste_fit(t.v, t.n), taste_fit(reversed.v, reversed.n));
	assert_memory_equal(t.v, reversed.v, sizeof(t.v));
}

/* What is sampled of a long message is among what is sampled of its beginning. */
static void samples_of_all_lengths_are_of_the_same_pieces(void **state)
{
	struct arena *a = *state;
	struct taste_codes whole = codes_of(a, 1, 1, 2000), part = codes_of(a, 1, 1, 40);
	unsigned shared = 0, k = 0;

	assert_true(whole.n > TASTE_CODES / 4 && whole.n <= TASTE_CODES);
	for (unsigned i = 1; i < whole.n; i++)
		assert_true(whole.v[i] > whole.v[i - 1]);
	assert_in_range(part.n, 115, 120); /* three views of 40 */
	for (unsigned i = 0; i < part.n; i++) {
		while (k < whole.n && whole.v[k] < part.v[i])
			k++;
		shared += k < whole.n && whole.v[k] == part.v[i];
	}
	assert_in_range(shared, 1, 12); /* one in 32 is sampled there, by chance a few more */
}

static void an_empty_message_is_like_nothing(void **state)
{
	struct arena *a = *state;
	struct taught t = { 0 };
	struct features f = { 0 };
	struct taste_codes c;

	for (int i = 0; i < 5; i++)
		teach(a, &t, 1, true, 0);
	assert_true(taste_fit(t.v, t.n));
	taste_sample(&f, &c);
	assert_int_equal(c.n, 0);
	assert_true(taste_weigh(t.v, t.n, &c) == 0);
}

#define T(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(what_was_taught_counts_for_its_like_only),
		T(no_lessons_move_more_than_the_bound),
		T(what_the_organisation_knew_weighs_nothing),
		T(few_lessons_are_silent),
		T(who_contradicts_himself_is_not_heard),
		T(the_order_of_lessons_makes_no_difference),
		T(samples_of_all_lengths_are_of_the_same_pieces),
		T(an_empty_message_is_like_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

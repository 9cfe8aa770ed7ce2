/* Postings over a server of our own, at moments of our own: each is told once, in order, whatever
 * its target does meanwhile. */
#include "fetch/poster.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

enum { SECOND = 1000 };

struct world {
	struct arena *a;
	struct poster p;
	long code; /* what the server answers; 0: nothing */
	ARENA_VEC(str) told;
	ARENA_VEC(str) urls;
};

static int serve(const void *ctx, struct arena *a, const struct httpget *q,
		 struct httpget_answer *ret, struct why *why)
{
	struct world *w = *(struct world *const *)ctx;

	(void)a;
	assert_true(str_eq(q->fields[0], STR("Content-Type: application/json")));
	*arena_push(w->a, &w->urls) = q->url;
	if (w->code == 0)
		return why_set(why, -5, "nobody there");
	ret->code = w->code;
	if (w->code == 200)
		*arena_push(w->a, &w->told) = arena_str(w->a, q->post);
	return HTTPGET_OK;
}

static struct world *self; /* what serve is given */

static int set_up(void **state)
{
	struct arena *a = arena_new("test", 64 << 20);
	struct world *w = arena_make(a, struct world);
	struct conf *c = conf_new_default(a);
	struct why why;

	w->a = a;
	w->code = 200;
	assert_int_equal(conf_set(c, STR("exporter.targets"),
				  STR("a http https://a.example/,q queue,"
				      "b http https://b.example/"),
				  &why),
			 0);
	assert_int_equal(poster_prepare(&w->p, c, STR(""), &why), 0);
	self = w;
	w->p.ask = serve;
	w->p.ctx = &self;
	*state = w;
	return 0;
}

static int tear_down(void **state)
{
	struct world *w = *state;

	for (size_t i = 0; i < w->p.n; i++) {
		while (w->p.targets[i].first) {
			struct posting *one = w->p.targets[i].first;

			w->p.targets[i].first = one->next;
			arena_free(one->arena);
		}
	}
	arena_free(w->a);
	return 0;
}

static void what_is_put_is_told_once_and_in_order(void **state)
{
	struct world *w = *state;

	assert_true(poster_put(&w->p, STR("a"), STR("{1}"), 0));
	assert_true(poster_put(&w->p, STR("b"), STR("{2}"), 0));
	assert_true(poster_put(&w->p, STR("a"), STR("{3}"), 0));
	assert_false(poster_put(&w->p, STR("q"), STR("{4}"), 0)); /* it is no such target */
	for (int i = 0; i < 3; i++)
		(void)poster_round(&w->p, i);
	assert_int_equal(w->told.n, 3);
	assert_true(str_eq(w->told.v[0], STR("{1}")) && str_eq(w->told.v[1], STR("{2}")) &&
		    str_eq(w->told.v[2], STR("{3}")));
	assert_true(str_eq(w->urls.v[1], STR("https://b.example/")));
	assert_int_equal(w->p.targets[0].n, 0);
	assert_int_equal(w->p.targets[0].bytes, 0);
}

static void a_server_that_is_away_is_asked_again_at_growing_pauses(void **state)
{
	struct world *w = *state;
	int64_t now = 0, next;

	w->code = 0;
	assert_true(poster_put(&w->p, STR("a"), STR("{1}"), 0));
	next = poster_round(&w->p, now);
	assert_int_equal(next, POSTER_PAUSE_MS);
	assert_int_equal(poster_round(&w->p, next - 1), next);
	assert_int_equal(w->urls.n, 1); /* not before */
	now = next;
	assert_int_equal(poster_round(&w->p, now), now + 2 * POSTER_PAUSE_MS);
	w->code = 503;
	now += 2 * POSTER_PAUSE_MS;
	assert_int_equal(poster_round(&w->p, now), now + 4 * POSTER_PAUSE_MS);
	w->code = 200;
	(void)poster_round(&w->p, now + 4 * POSTER_PAUSE_MS);
	assert_int_equal(w->told.n, 1);
	assert_int_equal(w->p.targets[0].pause, 0);
}

static void what_nobody_wants_is_given_up(void **state)
{
	struct world *w = *state;

	/* Refused for good: the next one has its turn. */
	w->code = 400;
	assert_true(poster_put(&w->p, STR("a"), STR("{1}"), 0));
	assert_true(poster_put(&w->p, STR("a"), STR("{2}"), 0));
	(void)poster_round(&w->p, 0);
	assert_int_equal(w->p.targets[0].n, 1);
	/* Too old. */
	w->code = 0;
	(void)poster_round(&w->p, POSTER_AGE_MS - 1);
	assert_int_equal(w->p.targets[0].n, 1);
	(void)poster_round(&w->p, 2 * POSTER_AGE_MS);
	assert_int_equal(w->p.targets[0].n, 0);
}

static void no_more_waits_than_there_is_room_for(void **state)
{
	struct world *w = *state;

	w->code = 0;
	for (int i = 0; i < POSTER_WAITING + 10; i++)
		assert_true(poster_put(&w->p, STR("a"), STR("{}"), 0));
	assert_int_equal(w->p.targets[0].n, POSTER_WAITING);
	assert_true(poster_put(&w->p, STR("b"), STR("{}"), 0));
	assert_int_equal(w->p.targets[1].n, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(what_is_put_is_told_once_and_in_order, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(
			a_server_that_is_away_is_asked_again_at_growing_pauses, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_nobody_wants_is_given_up, set_up, tear_down),
		cmocka_unit_test_setup_teardown(no_more_waits_than_there_is_room_for, set_up,
						tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

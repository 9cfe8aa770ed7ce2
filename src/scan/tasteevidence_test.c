/* One verdict for all recipients: lessons count when everybody has some and all agree. */
#include "scan/tasteevidence.h"

#include <math.h>

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

enum { BUDGET = 64 << 20, KEY = 42, EACH = 5, PEOPLE = 4 };
enum { PAUL, MARIE, ANNA, QUIET }; /* call it spam, the same but surer, wanted, not heard */

static const str addresses[] = { STR("paul@h.example"), STR("marie@h.example"),
				 STR("anna@h.example"), STR("quiet@h.example"),
				 STR("nobody@h.example") };

struct world {
	struct arena *a;
	struct features f;
	struct tastetable t;
	struct tastetable_person people[PEOPLE];
	struct taste_lesson lessons[PEOPLE * EACH];
	struct evidence e;
};

static int begin(void **state)
{
	static const float weights[PEOPLE] = { 0.2f, 5, -0.2f, 5 };
	struct arena *a = arena_new("test", BUDGET);
	struct world *w = arena_make(a, struct world);

	w->a = a;
	for (int v = 0; v < FEATURES_VIEWS; v++) {
		struct features_set *set = features_new(a, KEY, (enum features_view)v);

		for (int i = 0; i < 30; i++)
			features_token(set, 'x', str_of(&i, sizeof(i)), STR(""));
		w->f.view[v] = features_encode(a, set);
	}
	w->t = (struct tastetable){
		.key = KEY, .people = w->people, .lessons = w->lessons, .n_people = PEOPLE
	};
	for (uint32_t i = 0; i < PEOPLE; i++) {
		struct tastetable_person p = { .first = i * EACH, .n = EACH, .speaks = i != QUIET };
		uint32_t at = i;

		tastetable_who(w->t.secret, addresses[i], p.who);
		for (; at && w->people[at - 1].who[0] > p.who[0]; at--)
			w->people[at] = w->people[at - 1];
		w->people[at] = p;
		for (uint32_t k = 0; k < EACH; k++) {
			w->lessons[i * EACH + k].weight = weights[i];
			taste_sample(&w->f, &w->lessons[i * EACH + k].codes);
		}
	}
	*state = w;
	return 0;
}

static int end(void **state)
{
	arena_free(((struct world *)*state)->a);
	return 0;
}

static double moved(struct world *w, enum model_silence silence, const int *to, size_t n)
{
	struct model_opinion o = { .silence = silence, .logit = 1 };
	struct envelope env = { .recipients = arena_array(w->a, str, n + 1), .n_recipients = n };

	for (size_t i = 0; i < n; i++)
		env.recipients[i] = addresses[to[i]];
	w->e = (struct evidence){ 0 };
	tasteevidence_collect(&w->t, w->a, &env, &w->f, &o, &w->e);
	assert_true(w->e.symbols.n == (o.logit != 1));
	assert_true(silence != MODEL_SPEAKS || o.logit == 1 ||
		    fabs(o.probability - 1 / (1 + exp(-o.logit))) < 1e-9);
	return o.logit - 1;
}

#define MOVED(...)                                                                                 \
	moved(w, MODEL_SPEAKS, (const int[]){ __VA_ARGS__ },                                       \
	      sizeof((const int[]){ __VA_ARGS__ }) / sizeof(int))

static void one_recipient_is_heard(void **state)
{
	struct world *w = *state;

	assert_true(fabs(MOVED(PAUL) - 1) < 0.01);
	assert_true(str_eq(w->e.symbols.v[0].name, STR("TASTE_SPAM")));
	assert_true(fabs(MOVED(MARIE) - TASTE_MOST) < 0.01);
	assert_true(fabs(MOVED(ANNA) + 1) < 0.01);
	assert_true(str_eq(w->e.symbols.v[0].name, STR("TASTE_HAM")));
	assert_true(MOVED(QUIET) == 0);
	assert_true(MOVED(PEOPLE) == 0);
	assert_true(moved(w, MODEL_SPEAKS, NULL, 0) == 0);
}

static void several_are_heard_when_they_agree(void **state)
{
	struct world *w = *state;
	const int many[TASTEEVIDENCE_RECIPIENTS + 1] = { MARIE };

	assert_true(fabs(MOVED(MARIE, PAUL) - 1) < 0.01);
	assert_true(MOVED(PAUL, ANNA) == 0);
	assert_true(MOVED(PAUL, PEOPLE) == 0);
	assert_true(MOVED(PAUL, QUIET) == 0);
	assert_true(moved(w, MODEL_SPEAKS, many, TASTEEVIDENCE_RECIPIENTS) > 0.9);
	assert_true(moved(w, MODEL_SPEAKS, many, TASTEEVIDENCE_RECIPIENTS + 1) == 0);
}

/* They are added to an opinion, and do not make one. */
static void where_the_classifier_is_silent_nobody_is_heard(void **state)
{
	struct world *w = *state;
	const int to = MARIE;

	assert_true(moved(w, MODEL_STRANGER, &to, 1) == 0);
	assert_true(moved(w, MODEL_HAS_FEW, &to, 1) == 0);
}

#define T(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(one_recipient_is_heard),
		T(several_are_heard_when_they_agree),
		T(where_the_classifier_is_silent_nobody_is_heard),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

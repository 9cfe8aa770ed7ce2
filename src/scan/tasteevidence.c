#include "scan/tasteevidence.h"

#include <math.h>

static const double least = 0.05; /* less is not worth a word */

/* False: one of them has no lessons that speak. */
static bool find_all(const struct tastetable *t, const struct envelope *env,
		     const struct tastetable_person *ret[TASTEEVIDENCE_RECIPIENTS])
{
	if (env->n_recipients == 0 || env->n_recipients > TASTEEVIDENCE_RECIPIENTS)
		return false;
	for (size_t i = 0; i < env->n_recipients; i++) {
		ret[i] = tastetable_find(t, env->recipients[i]);
		if (!ret[i] || !ret[i]->speaks)
			return false;
	}
	return true;
}

/* What all agree on: the nearest to 0 when they are on one side of it, else 0. */
static double agreed(const struct tastetable *t, const struct tastetable_person *const *people,
		     size_t n, const struct features *f)
{
	struct taste_codes codes;
	double low = TASTE_MOST, high = -TASTE_MOST;

	taste_sample(f, &codes);
	for (size_t i = 0; i < n; i++) {
		double x = tastetable_weigh(t, people[i], &codes);

		low = fmin(low, x);
		high = fmax(high, x);
	}
	return low > 0 ? low : high < 0 ? high : 0;
}

void tasteevidence_collect(const struct tastetable *t, struct arena *a, const struct envelope *env,
			   const struct features *f, struct model_opinion *o, struct evidence *e)
{
	const struct tastetable_person *people[TASTEEVIDENCE_RECIPIENTS];
	double more;

	if (t->n_people == 0 || o->silence != MODEL_SPEAKS || !find_all(t, env, people))
		return;
	more = agreed(t, people, env->n_recipients, f);
	if (fabs(more) < least)
		return;
	o->logit += more;
	o->probability = 1 / (1 + exp(-o->logit));
	evidence_add(a, e, more > 0 ? STR("TASTE_SPAM") : STR("TASTE_HAM"),
		     arena_fmt(a, "logit %.2f %+.2f = %.2f", o->logit - more, more, o->logit));
}

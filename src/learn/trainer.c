#include "learn/trainer.h"

#include "learn/fusion.h"

#include <math.h>
#include <stdlib.h>

/* The step of a weight shrinks with the square root of what it was moved; the first is at most 1.
 */
static const double least_error = 0.001;
static const float first_move = 1e-8f;

enum { NEWEST = 200 };

/* An example, and what the models thought of it before they learned it. */
struct lesson {
	const struct example *x;
	struct fusion_row thought; /* a sum over the rounds in which it was judged */
	unsigned judged;
};

/* Side by side, since each bucket of an example is somewhere else in memory. */
struct slot {
	float weight;
	float moved; /* squares of what it was moved by */
};

struct trainer {
	struct arena *arena;
	struct lesson *v; /* in an order that nobody outside can choose */
	size_t n;
	struct slot *slots;	     /* of the view and round that are at work */
	float *sums[FEATURES_VIEWS]; /* of the weights of all rounds */
	struct model *model;
	unsigned rounds;
	uint32_t buckets[FEATURES_MAX], buckets_n;
};

static uint64_t place(const struct example *x, unsigned round)
{
	return (x->digest[0] ^ round) * (x->digest[1] | 1);
}

static int by_place(const void *a, const void *b, void *round)
{
	uint64_t x = place(((const struct lesson *)a)->x, *(const unsigned *)round);
	uint64_t y = place(((const struct lesson *)b)->x, *(const unsigned *)round);

	return x < y ? -1 : x > y;
}

static double sigmoid(double logit)
{
	return 1 / (1 + exp(-logit));
}

static double target(const struct example *x)
{
	return x->kind == EXAMPLE_BAD;
}

/* The buckets of one view of an example, taken apart once for all that is done with them. */
static void take_apart(struct trainer *t, str encoded)
{
	struct features_cursor c = features_begin(encoded);
	uint32_t bucket;

	t->buckets_n = 0;
	while (t->buckets_n < FEATURES_MAX && features_next(&c, &bucket))
		t->buckets[t->buckets_n++] = bucket;
}

static double logit_of(const struct trainer *t, double *ret_unknown)
{
	uint32_t unknown = 0, n = t->buckets_n;
	double sum = 0;

	for (uint32_t i = 0; i < n; i++) {
		float w = t->slots[t->buckets[i]].weight;

		sum += w;
		unknown += w == 0;
	}
	*ret_unknown = n ? (double)unknown / n : 0;
	return n ? sum * model_scale(n) : 0;
}

static void step(const struct trainer *t, double error)
{
	float g = (float)(error * model_scale(t->buckets_n)), g2 = g * g;

	for (uint32_t i = 0; i < t->buckets_n; i++) {
		struct slot *s = &t->slots[t->buckets[i]];

		s->moved += g2;
		s->weight += g / sqrtf(s->moved + first_move);
	}
}

/* In the second half the models know enough for what they think to be like what they will think
 * of new messages. */
static void learn_one(struct trainer *t, size_t i, int view, bool first)
{
	struct lesson *l = &t->v[i];
	bool late = i >= t->n / 2;
	double unknown, logit, error;

	take_apart(t, l->x->features.view[view]);
	logit = logit_of(t, &unknown);
	error = target(l->x) - sigmoid(logit);
	if (late)
		l->thought.logits[view] += logit;
	if (late && first)
		t->model->views[view].unknown[(int)(unknown * (MODEL_STEPS - 1))]++;
	if (t->buckets_n && fabs(error) > least_error)
		step(t, error);
}

static int by_age(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return *x > *y ? -1 : *x < *y;
}

/* How often the newest were judged wrong. */
static void count_wrong(struct trainer *t, const struct fusion_row *rows, const int64_t *at,
			size_t n)
{
	int64_t *ages = arena_array(t->arena, int64_t, n + 1);
	int64_t oldest;

	memcpy(ages, at, n * sizeof(*ages));
	qsort(ages, n, sizeof(*ages), by_age);
	oldest = n > NEWEST ? ages[NEWEST - 1] : INT64_MIN;
	for (size_t i = 0; i < n; i++) {
		double logit = t->model->offset;

		if (at[i] < oldest)
			continue;
		for (int v = 0; v < FEATURES_VIEWS; v++)
			logit += t->model->views[v].share * rows[i].logits[v];
		t->model->tried++;
		t->model->wrong += (logit > 0) != rows[i].bad;
	}
}

/* Learns from what was thought how to add the views, and how well that works. */
static void measure(struct trainer *t)
{
	struct fusion_row *rows = arena_array(t->arena, struct fusion_row, t->n + 1);
	int64_t *at = arena_array(t->arena, int64_t, t->n + 1);
	size_t n = 0;

	for (size_t i = 0; i < t->n; i++) {
		if (!t->v[i].judged)
			continue;
		rows[n].bad = target(t->v[i].x) > 0;
		for (int v = 0; v < FEATURES_VIEWS; v++)
			rows[n].logits[v] = t->v[i].thought.logits[v] / t->v[i].judged;
		at[n++] = t->v[i].x->at;
	}
	fusion_fit(rows, n, t->model);
	count_wrong(t, rows, at, n);
}

static void take_examples(struct trainer *t, const struct examples *e)
{
	t->v = arena_array(t->arena, struct lesson, e->v.n + 1);
	for (size_t i = 0; i < e->v.n; i++) {
		if (e->v.v[i]->kind == EXAMPLE_FORGOTTEN)
			continue;
		t->v[t->n++].x = e->v.v[i];
		t->model->bad += e->v.v[i]->kind == EXAMPLE_BAD;
		t->model->good += e->v.v[i]->kind == EXAMPLE_GOOD;
	}
}

static unsigned rounds_for(size_t n)
{
	size_t rounds = n ? TRAINER_LESSONS / n : 0;

	if (rounds > TRAINER_ROUNDS_MOST)
		return TRAINER_ROUNDS_MOST;
	return rounds < TRAINER_ROUNDS ? TRAINER_ROUNDS : (unsigned)rounds;
}

/* One model of all examples in one order; view after view, so that memory stays near. */
static void train_round(struct trainer *t, unsigned round)
{
	qsort_r(t->v, t->n, sizeof(*t->v), by_place, &round);
	for (size_t i = t->n / 2; i < t->n; i++)
		t->v[i].judged++;
	for (int v = 0; v < FEATURES_VIEWS; v++) {
		memset(t->slots, 0, FEATURES_BUCKETS * sizeof(*t->slots));
		for (size_t i = 0; i < t->n; i++)
			learn_one(t, i, v, round == 0);
		for (uint32_t i = 0; i < FEATURES_BUCKETS; i++)
			t->sums[v][i] += t->slots[i].weight / (float)t->rounds;
	}
}

void trainer_run(struct arena *a, const struct examples *e, struct model *ret)
{
	struct trainer *t = arena_make(a, struct trainer);

	*t = (struct trainer){ .arena = a, .model = ret };
	*ret = (struct model){ .key = e->key };
	take_examples(t, e);
	t->slots = arena_array(a, struct slot, FEATURES_BUCKETS);
	for (int v = 0; v < FEATURES_VIEWS; v++) {
		t->sums[v] = arena_array(a, float, FEATURES_BUCKETS);
		ret->weights[v] = t->sums[v];
	}
	t->rounds = rounds_for(t->n);
	for (unsigned round = 0; round < t->rounds; round++)
		train_round(t, round);
	measure(t);
}

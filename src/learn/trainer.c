#include "learn/trainer.h"

#include "learn/fusion.h"

#include <math.h>
#include <stdlib.h>
#include <xxhash.h>

/* The step of a weight shrinks with the square root of what it was moved; the first is at most 1.
 */
static const double least_error = 0.01;
static const float first_move = 1e-8f;
/* The least weight of a bucket that some example had, so that it is not taken for an unknown one.
 */
static const float known = 1e-30f;

enum { NEWEST = 200, TOGETHER = 8 };

/* An example, and what the models thought of it before they learned it. */
struct lesson {
	const struct example *x;
	struct fusion_row thought; /* a sum over the rounds in which it was judged */
	unsigned judged;
	const uint32_t *pieces; /* of the view that is at work: numbers of its buckets */
	uint32_t n;
};

/* Side by side, since each piece of an example is somewhere else in memory. */
struct slot {
	float weight;
	float moved; /* squares of what it was moved by */
};

struct trainer {
	struct arena *arena;
	struct lesson *v;
	size_t n;
	uint32_t *orders; /* of each round: indices of lessons, as nobody outside can choose */
	struct model *model;

	/* Of the view that is at work. The buckets that occur are numbered as they come: fewer
	 * than there are, and those of many examples side by side. */
	uint32_t *pieces;  /* of all lessons */
	uint32_t *numbers; /* of each bucket, from 1 */
	uint32_t *buckets; /* of each number */
	uint32_t n_buckets;
	bool *seen;	    /* of each number: some example had it so far */
	struct slot *slots; /* of the round that is at work */
	float *sums;	    /* of the weights of all rounds */
};

struct placed {
	uint64_t place;
	uint32_t lesson;
};

static int by_place(const void *a, const void *b)
{
	const struct placed *x = a, *y = b;

	return x->place < y->place ? -1 : x->place > y->place;
}

/* The digests are keyed. */
static void set_orders(struct trainer *t)
{
	struct placed *v = arena_array(t->arena, struct placed, t->n + 1);

	t->orders = arena_array(t->arena, uint32_t, TRAINER_ROUNDS * t->n + 1);
	for (unsigned round = 0; round < TRAINER_ROUNDS; round++) {
		for (size_t i = 0; i < t->n; i++) {
			const uint64_t *digest = t->v[i].x->digest;

			v[i].place = XXH3_64bits_withSeed(digest, sizeof(t->v[i].x->digest), round);
			v[i].lesson = (uint32_t)i;
		}
		qsort(v, t->n, sizeof(*v), by_place);
		for (size_t i = 0; i < t->n; i++)
			t->orders[round * t->n + i] = v[i].lesson;
	}
}

static double sigmoid(double logit)
{
	return 1 / (1 + exp(-logit));
}

static double target(const struct example *x)
{
	return x->kind == EXAMPLE_BAD;
}

/* Without a branch, since nobody can guess whether the next one is new. */
static uint32_t number_of(struct trainer *t, uint32_t bucket)
{
	uint32_t number = t->numbers[bucket], fresh = !number;

	t->buckets[t->n_buckets] = bucket;
	t->n_buckets += fresh;
	number += fresh * t->n_buckets;
	t->numbers[bucket] = number;
	return number - 1;
}

/* Takes one view of all examples apart, once for all rounds. */
static void take_apart(struct trainer *t, int view)
{
	uint32_t *to = t->pieces;

	memset(t->numbers, 0, FEATURES_BUCKETS * sizeof(*t->numbers));
	t->n_buckets = 0;
	for (size_t i = 0; i < t->n; i++) {
		struct features_cursor c = features_begin(t->v[i].x->features.view[view]);
		uint32_t n = 0;

		while (features_next(&c, &to[n]))
			__builtin_prefetch(&t->numbers[to[n++]], 1);
		for (uint32_t k = 0; k < n; k++)
			to[k] = number_of(t, to[k]);
		t->v[i].pieces = to;
		t->v[i].n = n;
		to += n;
	}
}

/* Four sums, so that none waits for the one before. */
static double logit_of(const struct trainer *t, const struct lesson *l)
{
	double sums[4] = { 0 };
	uint32_t i = 0;

	for (; i + 4 <= l->n; i += 4) {
		for (int k = 0; k < 4; k++)
			sums[k] += t->slots[l->pieces[i + k]].weight;
	}
	for (; i < l->n; i++)
		sums[0] += t->slots[l->pieces[i]].weight;
	return (sums[0] + sums[1] + sums[2] + sums[3]) * model_scale(l->n);
}

/* In which share of its buckets nobody before had one: as strange as new messages will be. */
static void note_strangeness(struct trainer *t, const struct lesson *l, int view, bool late)
{
	uint32_t unknown = 0;

	for (uint32_t i = 0; i < l->n; i++) {
		unknown += !t->seen[l->pieces[i]];
		t->seen[l->pieces[i]] = true;
	}
	if (late)
		t->model->views[view].unknown[l->n ? unknown * (MODEL_STEPS - 1) / l->n : 0]++;
}

/* The pieces of a lesson are all different: a few at once, so that their roots are, too. */
static void step_together(const struct trainer *t, const uint32_t *pieces, float g)
{
	float by[TOGETHER];

	for (int i = 0; i < TOGETHER; i++)
		by[i] = t->slots[pieces[i]].moved += g * g;
	for (int i = 0; i < TOGETHER; i++)
		by[i] = g / sqrtf(by[i] + first_move);
	for (int i = 0; i < TOGETHER; i++)
		t->slots[pieces[i]].weight += by[i];
}

static void step(const struct trainer *t, const struct lesson *l, double error)
{
	float g = (float)(error * model_scale(l->n));
	uint32_t i = 0;

	for (; i + TOGETHER <= l->n; i += TOGETHER)
		step_together(t, l->pieces + i, g);
	for (; i < l->n; i++) {
		struct slot *s = &t->slots[l->pieces[i]];

		s->moved += g * g;
		s->weight += g / sqrtf(s->moved + first_move);
	}
}

static void learn_one(struct trainer *t, struct lesson *l, int view, bool late)
{
	double logit = logit_of(t, l), error = target(l->x) - sigmoid(logit);

	if (late)
		l->thought.logits[view] += logit;
	if (fabs(error) > least_error)
		step(t, l, error);
}

/* One model of all examples in one order. In the second half it knows enough for what it thinks
 * to be like what it will think of new messages. */
static void train_round(struct trainer *t, unsigned round, int view)
{
	const uint32_t *order = t->orders + round * t->n;

	memset(t->slots, 0, t->n_buckets * sizeof(*t->slots));
	for (size_t i = 0; i < t->n; i++) {
		bool late = i >= t->n / 2;

		learn_one(t, &t->v[order[i]], view, late);
		if (round == 0)
			note_strangeness(t, &t->v[order[i]], view, late);
	}
	for (uint32_t i = 0; i < t->n_buckets; i++)
		t->sums[i] += t->slots[i].weight;
}

static void train_view(struct trainer *t, int view)
{
	float *weights = arena_array(t->arena, float, FEATURES_BUCKETS);

	take_apart(t, view);
	memset(t->sums, 0, t->n_buckets * sizeof(*t->sums));
	memset(t->seen, 0, t->n_buckets * sizeof(*t->seen));
	for (unsigned round = 0; round < TRAINER_ROUNDS; round++)
		train_round(t, round, view);
	for (uint32_t i = 0; i < t->n_buckets; i++)
		weights[t->buckets[i]] = t->sums[i] / TRAINER_ROUNDS + known;
	t->model->weights[view] = weights;
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

	/* In an order of ours, as sums depend on it. */
	for (size_t i = 0; i < t->n; i++) {
		const struct lesson *l = &t->v[t->orders[i]];

		if (!l->judged)
			continue;
		rows[n].bad = target(l->x) > 0;
		for (int v = 0; v < FEATURES_VIEWS; v++)
			rows[n].logits[v] = l->thought.logits[v] / l->judged;
		at[n++] = l->x->at;
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

static void count_judged(struct trainer *t)
{
	for (unsigned round = 0; round < TRAINER_ROUNDS; round++) {
		for (size_t i = t->n / 2; i < t->n; i++)
			t->v[t->orders[round * t->n + i]].judged++;
	}
}

/* Of the view that has most. */
static size_t count_pieces(const struct trainer *t)
{
	size_t most = 0;

	for (int v = 0; v < FEATURES_VIEWS; v++) {
		size_t sum = 0;

		for (size_t i = 0; i < t->n; i++)
			sum += features_count(t->v[i].x->features.view[v]);
		if (sum > most)
			most = sum;
	}
	return most;
}

void trainer_run(struct arena *a, const struct examples *e, struct model *ret)
{
	struct trainer *t = arena_make(a, struct trainer);

	*t = (struct trainer){ .arena = a, .model = ret };
	*ret = (struct model){ .key = e->key };
	take_examples(t, e);
	set_orders(t);
	count_judged(t);
	t->pieces = arena_array(a, uint32_t, count_pieces(t) + 1);
	t->numbers = arena_array(a, uint32_t, FEATURES_BUCKETS);
	t->buckets = arena_array(a, uint32_t, FEATURES_BUCKETS + 1);
	t->seen = arena_array(a, bool, FEATURES_BUCKETS);
	t->slots = arena_array(a, struct slot, FEATURES_BUCKETS);
	t->sums = arena_array(a, float, FEATURES_BUCKETS);
	for (int v = 0; v < FEATURES_VIEWS; v++)
		train_view(t, v);
	measure(t);
}

#include "learn/trainer.h"

#include <math.h>
#include <stdlib.h>

/* The step of a weight shrinks with the square root of what it was moved; the first is at most 1.
 */
static const double least_error = 0.001;
static const float first_move = 1e-8f;

enum { NEWEST = 200, FIT_ROUNDS = 20 };

struct trainer {
	struct arena *arena;
	const struct example **v; /* in an order that nobody outside can choose */
	size_t n;
	float *weights[FEATURES_VIEWS], *moved[FEATURES_VIEWS];
	float *sums[FEATURES_VIEWS]; /* of the weights of all rounds */
	/* Before it was learned: */
	float (*logits)[FEATURES_VIEWS];
	struct model *model;
	uint32_t buckets[FEATURES_MAX], buckets_n;
};

static uint64_t place(const struct example *x, unsigned round)
{
	return (x->digest[0] ^ round) * (x->digest[1] | 1);
}

static int by_place(const void *a, const void *b, void *round)
{
	uint64_t x = place(*(const struct example *const *)a, *(const unsigned *)round);
	uint64_t y = place(*(const struct example *const *)b, *(const unsigned *)round);

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

static double logit_of(const struct trainer *t, const float *weights, double *ret_unknown)
{
	uint32_t unknown = 0, n = t->buckets_n;
	double sum = 0;

	for (uint32_t i = 0; i < n; i++) {
		float w = weights[t->buckets[i]];

		sum += w;
		unknown += w == 0;
	}
	*ret_unknown = n ? (double)unknown / n : 0;
	return n ? sum * model_scale(n) : 0;
}

static void step(const struct trainer *t, float *weights, float *moved, double error)
{
	float g = (float)(error * model_scale(t->buckets_n)), g2 = g * g;

	for (uint32_t i = 0; i < t->buckets_n; i++) {
		uint32_t bucket = t->buckets[i];

		moved[bucket] += g2;
		weights[bucket] += g / sqrtf(moved[bucket] + first_move);
	}
}

static void learn_one(struct trainer *t, size_t i, bool first)
{
	const struct example *x = t->v[i];

	for (int v = 0; v < FEATURES_VIEWS; v++) {
		double unknown, logit, error;

		take_apart(t, x->features.view[v]);
		logit = logit_of(t, t->weights[v], &unknown);
		error = target(x) - sigmoid(logit);
		if (first)
			t->logits[i][v] = (float)logit;
		if (first && i >= t->n / 2)
			t->model->views[v].unknown[(int)(unknown * (MODEL_STEPS - 1))]++;
		if (t->buckets_n && fabs(error) > least_error)
			step(t, t->weights[v], t->moved[v], error);
	}
}

/* The first few are judged by a model that knows nothing. */
static size_t first_judged(const struct trainer *t)
{
	return t->n / 8;
}

static void measure_spread(struct trainer *t)
{
	for (int v = 0; v < FEATURES_VIEWS; v++) {
		double sum = 0, squares = 0, n = (double)(t->n - first_judged(t)), var;

		for (size_t i = first_judged(t); i < t->n; i++) {
			sum += t->logits[i][v];
			squares += (double)t->logits[i][v] * t->logits[i][v];
		}
		var = n > 0 ? squares / n - sum / n * sum / n : 0;
		t->model->views[v].spread = var > 1e-6 ? sqrt(var) : 1;
	}
}

static double fused(const struct trainer *t, size_t i)
{
	double sum = 0;

	for (int v = 0; v < FEATURES_VIEWS; v++)
		sum += t->logits[i][v] / t->model->views[v].spread;
	return sum;
}

/* Slope and offset that make probabilities of sums (Platt), by Newton's method; a few imagined
 * messages keep the slope finite where the kinds are told apart without error. */
static void calibrate(struct trainer *t)
{
	double a = 1, b = 0;

	for (int round = 0; round < FIT_ROUNDS; round++) {
		double ga = 1e-3 * a, gb = 1e-3 * b, haa = 1e-3, hab = 0, hbb = 1e-3, det;

		for (size_t i = t->n / 2; i < t->n; i++) {
			double z = fused(t, i), p = sigmoid(a * z + b);
			double y = 0.01 + 0.98 * target(t->v[i]), q = p * (1 - p);

			ga += (p - y) * z;
			gb += p - y;
			haa += q * z * z;
			hab += q * z;
			hbb += q;
		}
		det = haa * hbb - hab * hab;
		if (!(det > 1e-12))
			break;
		a -= (hbb * ga - hab * gb) / det;
		b -= (haa * gb - hab * ga) / det;
	}
	if (!(isfinite(a) && isfinite(b) && a > 0.1))
		a = 1, b = 0;
	t->model->slope = a;
	t->model->offset = b;
}

static int by_age(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return *x > *y ? -1 : *x < *y;
}

/* How often the newest were judged wrong. */
static void count_wrong(struct trainer *t)
{
	int64_t *ages = arena_array(t->arena, int64_t, t->n + 1);
	int64_t oldest;

	for (size_t i = 0; i < t->n; i++)
		ages[i] = t->v[i]->at;
	qsort(ages, t->n, sizeof(*ages), by_age);
	oldest = t->n > NEWEST ? ages[NEWEST - 1] : INT64_MIN;
	for (size_t i = first_judged(t); i < t->n; i++) {
		bool bad = t->model->slope * fused(t, i) + t->model->offset > 0;

		if (t->v[i]->at < oldest)
			continue;
		t->model->tried++;
		t->model->wrong += bad != (target(t->v[i]) > 0);
	}
}

static void take_examples(struct trainer *t, const struct examples *e)
{
	t->v = arena_array(t->arena, const struct example *, e->v.n + 1);
	for (size_t i = 0; i < e->v.n; i++) {
		if (e->v.v[i]->kind == EXAMPLE_FORGOTTEN)
			continue;
		t->v[t->n++] = e->v.v[i];
		t->model->bad += e->v.v[i]->kind == EXAMPLE_BAD;
		t->model->good += e->v.v[i]->kind == EXAMPLE_GOOD;
	}
}

/* One model of all examples in one order; the first round also measures. */
static void train_round(struct trainer *t, unsigned round)
{
	qsort_r(t->v, t->n, sizeof(*t->v), by_place, &round);
	for (int v = 0; v < FEATURES_VIEWS; v++) {
		memset(t->weights[v], 0, FEATURES_BUCKETS * sizeof(float));
		memset(t->moved[v], 0, FEATURES_BUCKETS * sizeof(float));
	}
	for (size_t i = 0; i < t->n; i++)
		learn_one(t, i, round == 0);
	if (round == 0) {
		measure_spread(t);
		calibrate(t);
		count_wrong(t);
	}
	for (int v = 0; v < FEATURES_VIEWS; v++) {
		for (uint32_t i = 0; i < FEATURES_BUCKETS; i++)
			t->sums[v][i] += t->weights[v][i] / TRAINER_ROUNDS;
	}
}

void trainer_run(struct arena *a, const struct examples *e, struct model *ret)
{
	struct trainer *t = arena_make(a, struct trainer);

	*t = (struct trainer){ .arena = a, .model = ret };
	*ret = (struct model){ .key = e->key };
	take_examples(t, e);
	t->logits = arena_alloc_array(a, t->n + 1, sizeof(*t->logits));
	for (int v = 0; v < FEATURES_VIEWS; v++) {
		t->weights[v] = arena_array(a, float, FEATURES_BUCKETS);
		t->moved[v] = arena_array(a, float, FEATURES_BUCKETS);
		t->sums[v] = arena_array(a, float, FEATURES_BUCKETS);
		ret->weights[v] = t->sums[v];
	}
	for (unsigned round = 0; round < TRAINER_ROUNDS; round++)
		train_round(t, round);
}

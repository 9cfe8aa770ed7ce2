#include "learn/taste.h"

#include <math.h>
#include <stdlib.h>

enum {
	PLACES = 1 << 16, /* of codes */
	SWEEPS = 30,
	HALVINGS = 24,
	TRUST = 24, /* the most one lesson can weigh */
};

static const double settled = 0.001;
/* So alike (by the cosine) is mail that has nothing to do with each other. */
static const double alike_anyhow = 0.1;

/* What is typical of who writes and of what is sold: the way here is not. */
static const enum features_view sampled[] = { FEATURES_WORDS, FEATURES_TEXT, FEATURES_STRUCTURE };

/* The codes of one message, to be looked up. */
struct shown {
	uint64_t bits[PLACES / 64];
	uint32_t n;
};

static void show(struct shown *s, uint32_t code)
{
	s->bits[code / 64] |= (uint64_t)1 << code % 64;
}

static bool has(const struct shown *s, uint32_t code)
{
	return s->bits[code / 64] >> code % 64 & 1;
}

/* Buckets are keyed already; this only spreads those of a view over all numbers. */
static uint32_t spread(enum features_view view, uint32_t bucket)
{
	uint32_t x = bucket ^ (uint32_t)view << FEATURES_BITS;

	x = (x ^ x >> 16) * 0x7feb352d;
	x = (x ^ x >> 15) * 0x846ca68b;
	return x ^ x >> 16;
}

/* Each ends with the one byte of its encoding that has no high bit. */
static size_t buckets_of(const struct features *f)
{
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_LEN(sampled); i++) {
		str encoded = f->view[sampled[i]];

		for (size_t k = 0; k < encoded.n; k++)
			n += (encoded.p[k] & 0x80) == 0;
	}
	return n;
}

static void take_out(const struct shown *s, struct taste_codes *ret)
{
	*ret = (struct taste_codes){ 0 };
	for (uint32_t i = 0; i < PLACES / 64; i++) {
		uint64_t left = s->bits[i];

		for (; left && ret->n < TASTE_CODES; left &= left - 1)
			ret->v[ret->n++] = (uint16_t)(i * 64 + (uint32_t)__builtin_ctzll(left));
	}
}

/* Of a long message every second, fourth, ... bucket by its number, so that what two messages
 * share is in both samples or in none. */
void taste_sample(const struct features *f, struct taste_codes *ret)
{
	struct shown s = { 0 };
	size_t n = buckets_of(f);
	uint32_t bucket, below = PLACES;

	for (; n > TASTE_CODES; n /= 2)
		below /= 2;
	for (size_t i = 0; i < ARRAY_LEN(sampled); i++) {
		struct features_cursor c = features_begin(f->view[sampled[i]]);

		while (features_next(&c, &bucket)) {
			uint32_t x = spread(sampled[i], bucket);

			if (x / PLACES < below)
				show(&s, x % PLACES);
		}
	}
	take_out(&s, ret);
}

static void show_all(struct shown *s, const struct taste_codes *codes)
{
	memset(s, 0, sizeof(*s));
	for (unsigned i = 0; i < codes->n; i++)
		show(s, codes->v[i]);
	s->n = codes->n;
}

/* 0 to 1. */
static double likeness(const struct shown *s, const struct taste_codes *codes)
{
	unsigned shared = 0;
	double cosine;

	for (unsigned i = 0; i < codes->n; i++)
		shared += has(s, codes->v[i]);
	cosine = shared ? shared / sqrt((double)s->n * codes->n) : 0;
	return fmax(0, (cosine - alike_anyhow) / (1 - alike_anyhow));
}

double taste_weigh(const struct taste_lesson *v, size_t n, const struct taste_codes *codes)
{
	struct shown s;
	double sum = 0;

	show_all(&s, codes);
	for (size_t i = 0; i < n; i++)
		sum += v[i].weight * likeness(&s, &v[i].codes);
	return fmax(-TASTE_MOST, fmin(sum, TASTE_MOST));
}

/* --- weighing lessons */

struct lessons {
	const struct taste_lesson *v;
	double alike[TASTE_LESSONS][TASTE_LESSONS], weight[TASTE_LESSONS];
};

static double sigmoid(double logit)
{
	return 1 / (1 + exp(-logit));
}

static double added(const struct lessons *l, size_t n, size_t of)
{
	double sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += l->weight[i] * l->alike[of][i];
	return sum;
}

/* The weight w of one lesson, given the others, for which w = TRUST * (what it is - what is
 * thought of it then): one side rises with w, the other falls, so it is found by halving. */
static double weight_of(const struct taste_lesson *x, double others)
{
	double low = x->bad ? 0 : -TRUST, high = x->bad ? TRUST : 0;

	for (int i = 0; i < HALVINGS; i++) {
		double w = (low + high) / 2;

		if (w < TRUST * (x->bad - sigmoid(others + w)))
			low = w;
		else
			high = w;
	}
	return (low + high) / 2;
}

static void fit(struct lessons *l, size_t n)
{
	double moved = 1;

	for (int sweep = 0; sweep < SWEEPS && moved > settled; sweep++) {
		moved = 0;
		for (size_t i = 0; i < n; i++) {
			double old = l->weight[i];
			double others = l->v[i].logit + added(l, n, i) - old * l->alike[i][i];

			l->weight[i] = weight_of(&l->v[i], others);
			moved = fmax(moved, fabs(l->weight[i] - old));
		}
	}
}

static double loss(const struct taste_lesson *x, double logit)
{
	return log1p(exp(x->bad ? -logit : logit));
}

/* How much worse than the organisation alone the lessons foretold each other; negative: better. */
static double regret(struct lessons *l, size_t n)
{
	double sum = 0;

	for (size_t i = TASTE_FEW; i < n; i++) {
		double more;

		fit(l, i);
		more = fmax(-TASTE_MOST, fmin(added(l, i, i), TASTE_MOST));
		sum += loss(&l->v[i], l->v[i].logit + more) - loss(&l->v[i], l->v[i].logit);
	}
	return sum;
}

static int by_time(const void *a, const void *b)
{
	const struct taste_lesson *x = a, *y = b;

	if (x->at != y->at)
		return x->at < y->at ? -1 : 1;
	return x->digest < y->digest ? -1 : x->digest > y->digest;
}

bool taste_fit(struct taste_lesson *v, size_t n)
{
	struct lessons l = { .v = v };
	bool helps;

	bug_if(n > TASTE_LESSONS);
	if (n)
		qsort(v, n, sizeof(*v), by_time);
	for (size_t i = 0; i < n; i++) {
		struct shown s;

		show_all(&s, &v[i].codes);
		for (size_t k = 0; k < n; k++)
			l.alike[i][k] = i == k ? 1 : likeness(&s, &v[k].codes);
	}
	helps = n >= TASTE_FEW && regret(&l, n) <= 0;
	fit(&l, n);
	for (size_t i = 0; i < n; i++)
		v[i].weight = (float)l.weight[i];
	return helps;
}

#include "learn/model.h"

#include "base/reader.h"
#include "base/strbuf.h"

#include <math.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

enum {
	HEAD_BYTES = 4096,
	SUM_BYTES = 8,
	WEIGHTS_BYTES = FEATURES_BUCKETS * 4,
	DRIFT_PERCENT = 30, /* wrong of the newest */
	STRANGE_ONE_IN = 2000,
	FEW_BUCKETS = 300,
	AT_ONCE = 64,
};

static const str magic = { "POTMODL3", 8 };

double model_scale(uint32_t n)
{
	return 1 / sqrt(n > FEW_BUCKETS ? n : FEW_BUCKETS);
}

/* Weights lie anywhere in memory, so a few are asked for at once. */
double model_logit(const float *weights, str encoded, double *ret_unknown)
{
	struct features_cursor c = features_begin(encoded);
	uint32_t n = 0, unknown = 0, got;
	double sum = 0;

	do {
		uint32_t buckets[AT_ONCE];

		for (got = 0; got < AT_ONCE && features_next(&c, &buckets[got]); got++)
			__builtin_prefetch(&weights[buckets[got]]);
		for (uint32_t i = 0; i < got; i++) {
			float w = weights[buckets[i]];

			sum += w;
			unknown += w == 0;
		}
		n += got;
	} while (got == AT_ONCE);
	*ret_unknown = n ? (double)unknown / n : 0;
	return n ? sum * model_scale(n) : 0;
}

/* Hardly one of those that were learned was as strange, or nearly, when it came. */
static bool is_strange(const struct model_view *v, double unknown)
{
	uint64_t all = 0, as_strange = 0;

	for (int i = 0; i < MODEL_STEPS; i++) {
		all += v->unknown[i];
		if (i + 1 >= (int)(unknown * (MODEL_STEPS - 1)))
			as_strange += v->unknown[i];
	}
	return as_strange * STRANGE_ONE_IN < all;
}

enum model_silence model_state(const struct model *m)
{
	if (m->good < MODEL_FEW || m->bad < MODEL_FEW)
		return MODEL_HAS_FEW;
	if (m->tried >= MODEL_FEW && m->wrong * 100 > m->tried * DRIFT_PERCENT)
		return MODEL_DRIFTED;
	return MODEL_SPEAKS;
}

static enum model_silence silence_of(const struct model *m, const struct model_opinion *o,
				     const struct features *f)
{
	size_t bytes = 0;
	int strange = 0;

	if (model_state(m) != MODEL_SPEAKS)
		return model_state(m);
	for (int v = 0; v < FEATURES_VIEWS; v++) {
		bytes += f->view[v].n;
		strange += is_strange(&m->views[v], o->unknown[v]);
	}
	if (bytes == 0 || !isfinite(o->logit))
		return MODEL_EMPTY;
	return strange ? MODEL_STRANGER : MODEL_SPEAKS;
}

void model_judge(const struct model *m, const struct features *f, struct model_opinion *ret)
{
	*ret = (struct model_opinion){ .logit = m->offset };
	for (int v = 0; v < FEATURES_VIEWS; v++) {
		double logit = model_logit(m->weights[v], f->view[v], &ret->unknown[v]);

		ret->views[v] = m->views[v].share * logit;
		ret->logit += ret->views[v];
	}
	ret->probability = 1 / (1 + exp(-ret->logit));
	ret->silence = silence_of(m, ret, f);
}

const char *model_silence_name(enum model_silence s)
{
	static const char *const names[] = {
		[MODEL_SPEAKS] = "speaks",	    [MODEL_HAS_FEW] = "has learned too little",
		[MODEL_DRIFTED] = "drifted",	    [MODEL_STRANGER] = "unlike what was learned",
		[MODEL_EMPTY] = "nothing to judge",
	};

	return names[s];
}

static void put_double(struct strbuf *out, double d)
{
	uint64_t bits;

	memcpy(&bits, &d, sizeof(bits));
	strbuf_le(out, bits, 8);
}

static double get_double(struct reader *r)
{
	uint64_t bits = reader_u64le(r);
	double d;

	memcpy(&d, &bits, sizeof(d));
	r->bad |= !isfinite(d);
	return d;
}

static uint64_t checksum(str bytes)
{
	return XXH3_64bits(bytes.p, bytes.n);
}

/* The head is padded, so that the weights are aligned where the file is mapped. */
str model_encode(struct arena *a, const struct model *m)
{
	struct strbuf out = strbuf_make(a, MODEL_BYTES + SUM_BYTES);

	strbuf_reserve(&out, out.max);
	strbuf_put(&out, magic);
	strbuf_le(&out, m->key, 8);
	strbuf_le(&out, m->good, 4);
	strbuf_le(&out, m->bad, 4);
	strbuf_le(&out, m->wrong, 4);
	strbuf_le(&out, m->tried, 4);
	put_double(&out, m->offset);
	for (int v = 0; v < FEATURES_VIEWS; v++) {
		put_double(&out, m->views[v].share);
		for (int i = 0; i < MODEL_STEPS; i++)
			strbuf_le(&out, m->views[v].unknown[i], 4);
	}
	while (out.n < HEAD_BYTES)
		strbuf_char(&out, 0);
	for (int v = 0; v < FEATURES_VIEWS; v++)
		strbuf_put(&out, str_of(m->weights[v], WEIGHTS_BYTES));
	strbuf_le(&out, checksum(strbuf_str(&out)), SUM_BYTES);
	return strbuf_str(&out);
}

bool model_decode(str bytes, struct model *ret)
{
	struct reader r = reader_make(bytes);
	bool known = str_eq(reader_bytes(&r, magic.n), magic);
	struct reader sum = reader_make(bytes);

	if (!known || bytes.n != MODEL_BYTES + SUM_BYTES || (uintptr_t)bytes.p % sizeof(float))
		return false;
	ret->key = reader_u64le(&r);
	ret->good = reader_u32le(&r);
	ret->bad = reader_u32le(&r);
	ret->wrong = reader_u32le(&r);
	ret->tried = reader_u32le(&r);
	ret->offset = get_double(&r);
	for (int v = 0; v < FEATURES_VIEWS; v++) {
		ret->views[v].share = get_double(&r);
		for (int i = 0; i < MODEL_STEPS; i++)
			ret->views[v].unknown[i] = reader_u32le(&r);
		ret->weights[v] = (const float *)(const void *)(bytes.p + HEAD_BYTES +
								(size_t)v * WEIGHTS_BYTES);
	}
	reader_seek(&sum, MODEL_BYTES);
	return !r.bad && ret->key != 0 &&
	       reader_u64le(&sum) == checksum(str_sub(bytes, 0, MODEL_BYTES));
}

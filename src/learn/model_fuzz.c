/* No bytes but those of model_encode are a model; one whose head is any bytes gives an opinion of
 * any features without harm. */
#include "learn/model.h"

#include <math.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { HEAD = 8, SUM = 8 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cleanup(arena_freep) struct arena *a = arena_new("fuzz", 64 << 20);
	static const float none[FEATURES_BUCKETS];
	struct model m = { .key = 1 };
	struct features f = { 0 };
	struct model_opinion o;
	uint64_t sum;
	str bytes;
	char *p;

	bug_if(model_decode(str_of(data, size), &m));
	for (int v = 0; v < FEATURES_VIEWS; v++) {
		m.weights[v] = none;
		m.views[v].share = 1;
		if (features_valid(str_of(data, size)))
			f.view[v] = str_of(data, size);
	}
	bytes = model_encode(a, &m);
	p = (char *)(uintptr_t)bytes.p;
	memcpy(p + HEAD, data, size < 1024 ? size : 1024);
	sum = XXH3_64bits(p, bytes.n - SUM);
	memcpy(p + bytes.n - SUM, &sum, SUM); /* little-endian, as this machine */
	if (model_decode(bytes, &m)) {
		model_judge(&m, &f, &o);
		bug_if(o.silence == MODEL_SPEAKS && !isfinite(o.logit));
	}
	return 0;
}

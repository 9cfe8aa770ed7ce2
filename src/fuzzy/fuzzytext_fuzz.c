/* Any bytes have one digest or none, alike to itself; a stretch of two words behind them makes no
 * difference. */
#include "fuzzy/fuzzytext.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cleanup(arena_freep) struct arena *a = arena_new("fuzz", 64 << 20);
	struct fuzzytext *t = fuzzytext_new(a), *u = fuzzytext_new(a);
	struct fuzzy_digest d, e;
	bool one, other;

	fuzzytext_add(t, str_of(data, size));
	fuzzytext_add(u, str_of(data, size));
	if (!fuzzytext_full(u))
		fuzzytext_add(u, STR(" two words "));
	one = fuzzytext_digest(t, FUZZY_TEXT, 0, &d);
	other = fuzzytext_digest(u, FUZZY_TEXT, 0, &e);
	bug_if(one != other);
	if (one) {
		uint64_t x[FUZZY_KEYS_MAX], y[FUZZY_KEYS_MAX];

		bug_if(fuzzy_likeness(FUZZY_TEXT, d.v, e.v) != FUZZY_ALIKE);
		bug_if(fuzzy_keys(FUZZY_TEXT, d.v, x) != fuzzy_keys(FUZZY_TEXT, e.v, y));
		bug_if(memcmp(x, y, sizeof(x)) != 0);
	}
	return 0;
}

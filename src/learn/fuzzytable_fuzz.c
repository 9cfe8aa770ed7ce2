/* Any bytes are refused or can be searched; and what is encoded is found again. */
#include "learn/fuzzytable.h"

enum { ENTRIES = 20 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void look_for(const struct fuzzytable *t, const struct fuzzytable_entry *e)
{
	struct fuzzy_digest d = { .kind = (enum fuzzy_kind)e->kind };
	struct fuzzytable_found found;

	memcpy(d.v, e->v, sizeof(d.v));
	fuzzytable_find(t, &d, 0, &found);
	bug_if((e->flag == FUZZY_WHITE ? found.white_likeness : found.spam_likeness) !=
	       FUZZY_ALIKE);
}

/* The first bytes of each piece say kind and flag, the others are the digest. */
static uint32_t entries_of(struct arena *a, const uint8_t *data, size_t size,
			   const struct fuzzytable_entry **ret)
{
	uint32_t n = 0;

	for (; n < ENTRIES && size > 2; n++) {
		struct fuzzytable_entry *e = arena_make(a, struct fuzzytable_entry);
		size_t piece = size - 2 < sizeof(e->v) ? size - 2 : sizeof(e->v);

		*e = (struct fuzzytable_entry){ .at = n, .weight = 1 };
		e->kind = data[0] % FUZZY_KINDS;
		e->flag = (uint8_t)(FUZZY_DENIED + data[1] % 3);
		memcpy(e->v, data + 2, piece);
		data += 2 + piece;
		size -= 2 + piece;
		ret[n] = e;
	}
	return n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cleanup(arena_freep) struct arena *a = arena_new("fuzz", 64 << 20);
	const struct fuzzytable_entry *entries[ENTRIES];
	struct fuzzytable t;
	uint32_t n = entries_of(a, data, size, entries);

	if (fuzzytable_decode(arena_str(a, str_of(data, size)), &t)) {
		for (uint32_t i = 0; i < t.n && i < ENTRIES; i++) {
			struct fuzzytable_found ignored;
			struct fuzzy_digest d = { .kind = (enum fuzzy_kind)t.entries[i].kind };

			fuzzytable_find(&t, &d, 0, &ignored);
		}
	}
	bug_if(!fuzzytable_decode(fuzzytable_encode(a, entries, n), &t));
	for (uint32_t i = 0; i < n; i++)
		look_for(&t, entries[i]);
	return 0;
}

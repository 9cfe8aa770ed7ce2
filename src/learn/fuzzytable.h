/* learn/fuzzytable.h - digests that were learned (fuzzy/fuzzy.h), found by likeness: the file
 * "fuzzy".
 *
 * The entries, oldest first, and a hash table from their keys to them; both are used as they lie in
 * the file. A key only proposes: what is answered was compared whole.
 *
 * Input    fuzzytable_decode: our own file, perhaps damaged; fuzzytable_find: digests of hostile
 * mail. Memory   everything points into the file's bytes. Limits   FUZZYTABLE_MAX entries,
 * FUZZYTABLE_TRIES compared for each key, the newest. Threads  const once decoded. Errors
 * fuzzytable_decode: false for anything but what fuzzytable_encode writes.
 */
#ifndef LEARN_FUZZYTABLE_H
#define LEARN_FUZZYTABLE_H

#include "base/arena.h"
#include "fuzzy/fuzzy.h"

enum {
	FUZZYTABLE_MAX = 1000000,
	FUZZYTABLE_TRIES = 32,
	FUZZYTABLE_MAX_BYTES = 512 << 20,
	FUZZYTABLE_WEIGHT_MAX = 255,
};

/* What was said of it; the numbers are those that other filters use. */
enum fuzzy_flag {
	FUZZY_DENIED = 11, /* learned as spam */
	FUZZY_PROB = 12,   /* learned as spam by somebody else, or from a trap */
	FUZZY_WHITE = 13,  /* learned as wanted */
};

struct fuzzytable_entry {
	uint32_t at;	/* wall clock, seconds: when it was learned last */
	uint8_t kind;	/* enum fuzzy_kind */
	uint8_t flag;	/* enum fuzzy_flag */
	uint8_t weight; /* how many messages taught it, at most FUZZYTABLE_WEIGHT_MAX */
	uint8_t spare;	/* 0 */
	uint16_t v[FUZZY_VALUES];
};

struct fuzzytable {
	const struct fuzzytable_entry *entries;
	uint32_t n;
	uint32_t bits;	      /* of a key's hash, by which it has its place */
	const uint32_t *heap; /* from each place on its entries stand in refs; one place more */
	const uint32_t *refs;
};

/* The most alike of each side; NULL: none that is near. */
struct fuzzytable_found {
	const struct fuzzytable_entry *spam, *white;
	unsigned spam_likeness, white_likeness;
};

/* From which likeness on things are near, and nearly equal. Unrelated texts have at most a few of
 * FUZZY_VALUES in common; documents of one template have many. */
unsigned fuzzytable_near(enum fuzzy_kind kind);
unsigned fuzzytable_equal(enum fuzzy_kind kind);

/* Entries learned before not_before are as if they were not there. */
void fuzzytable_find(const struct fuzzytable *t, const struct fuzzy_digest *d, uint32_t not_before,
		     struct fuzzytable_found *ret);

/* Entries in order of time, each digest once. */
str fuzzytable_encode(struct arena *a, const struct fuzzytable_entry *const *entries, uint32_t n)
	must_use;
bool fuzzytable_decode(str bytes, struct fuzzytable *ret) must_use;

#endif

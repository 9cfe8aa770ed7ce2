/* learn/examples.h - the messages that were learned, as their features: what models are made of.
 *
 * A file of records that is only appended to; a record may take an earlier one back. It holds no
 * text of messages, only keyed buckets (features/features.h).
 *
 * Input    examples_read: our own file, perhaps cut short or damaged: what stands behind the
 *          damage is left out and said.
 * Memory   features point into the bytes of the file.
 * Limits   EXAMPLES_MAX of a kind, EXAMPLES_KEEP_BYTES of their features: the oldest go.
 * Threads  one at a time.
 * Errors   none.
 */
#ifndef LEARN_EXAMPLES_H
#define LEARN_EXAMPLES_H

#include "base/map.h"
#include "base/strbuf.h"
#include "features/features.h"

enum {
	EXAMPLES_MAX = 10000,		/* of each kind */
	EXAMPLES_KEEP_BYTES = 96 << 20, /* of each kind: twice what so many ordinary ones have */
	EXAMPLES_ADD_BYTES = 256 << 20, /* at once, however many will be kept */
	EXAMPLES_MAX_BYTES = 1 << 30,	/* of the file: half of it and what is added fits */
};

enum example_kind { EXAMPLE_GOOD, EXAMPLE_BAD, EXAMPLE_FORGOTTEN, EXAMPLE_KINDS };

struct example {
	uint64_t digest[2]; /* of the features */
	int64_t at;	    /* wall clock, seconds */
	enum example_kind kind;
	struct features features;
};

struct examples {
	struct arena *arena;
	uint64_t key;		       /* of their features */
	struct map last;	       /* digest -> struct example, the newest record of it */
	ARENA_VEC(struct example *) v; /* each digest once, in order of arrival */
	size_t records;		       /* in the file */
	size_t sound;		       /* bytes of the file up to the first damage */
	bool damaged;
};

/* A new file's bytes: its head. */
str examples_head(struct arena *a, uint64_t key) must_use;
/* False: it is no such file. */
bool examples_read(struct arena *a, str file, struct examples *ret) must_use;

enum examples_news { EXAMPLES_KNOWN, EXAMPLES_NEW, EXAMPLES_CHANGED };

/* Takes an example over, or back when kind is EXAMPLE_FORGOTTEN. When it is news, its record is
 * appended to *out. */
enum examples_news examples_add(struct examples *e, const struct features *f,
				enum example_kind kind, int64_t at, struct strbuf *out);
/* The record of one that is there. */
void examples_put(struct strbuf *out, const struct example *e);
size_t examples_count(const struct examples *e, enum example_kind kind);
/* How many were learned before that time, wall clock. */
size_t examples_expired(const struct examples *e, int64_t not_before);
/* Forgets those, and the oldest above the limits; true when there were such, or when much of the
 * file is useless, so that it should be written anew. */
bool examples_trim(struct examples *e, int64_t not_before);

#endif

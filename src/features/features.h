/* features/features.h - what the classifier sees of one message: for each view of it, the set of
 * buckets that its pieces are hashed into.
 *
 * A view is one way to look at a message; each has a model of its own (learn/model.h), because
 * models that are added are better than one model of everything. The hash is keyed: whoever does
 * not know the key of a site cannot choose pieces that fall into buckets of good mail, nor read
 * what a set was made of.
 *
 * Input    features_grams, features_token: hostile bytes; features_valid: hostile encoding.
 * Memory   a set and its encoding are in the caller's arena.
 * Limits   FEATURES_MAX buckets of one view, FEATURES_MAX_BYTES encoded; linear.
 * Threads  pure; one at a time per set.
 * Errors   none: what is above a limit is left out.
 */
#ifndef FEATURES_FEATURES_H
#define FEATURES_FEATURES_H

#include "base/arena.h"

enum features_view {
	FEATURES_HEADER,    /* four characters in a row of the header, decoded */
	FEATURES_TEXT,	    /* five in a row of subject and visible text */
	FEATURES_WORDS,	    /* words of fields, of the text alone and in pairs, and of links */
	FEATURES_STRUCTURE, /* how the message is built: fields, parts, tags, links, findings */
	FEATURES_VIEWS
};

enum {
	FEATURES_BITS = 20,
	FEATURES_BUCKETS = 1 << FEATURES_BITS,
	FEATURES_MAX = 12000,		       /* buckets of one view of one message */
	FEATURES_MAX_BYTES = FEATURES_MAX * 3, /* encoded: at most three bytes each */
};

/* The encoded sets, for facts and files: ascending differences, seven bits a byte, low ones
 * first. All empty: nobody asked for them. */
struct features {
	str view[FEATURES_VIEWS];
};

/* A set that is being filled. */
struct features_set;

struct features_set *features_new(struct arena *a, uint64_t key, enum features_view view) must_use;
/* Each n (at most 8) characters in a row of the text; CR is passed over. */
void features_grams(struct features_set *s, unsigned n, str text);
/* One piece: kind tells apart equal texts that mean different things. */
void features_token(struct features_set *s, char kind, str a, str b);
str features_encode(struct arena *a, const struct features_set *s) must_use;

/* Is it what features_encode writes? */
bool features_valid(str encoded);
/* Buckets of a valid encoding. */
size_t features_count(str encoded);

/* Walks the buckets of a valid encoding in ascending order. */
struct features_cursor {
	const unsigned char *p, *end;
	uint32_t next; /* the lowest bucket that can follow */
};

static inline struct features_cursor features_begin(str encoded)
{
	const unsigned char *p = (const unsigned char *)encoded.p;

	return (struct features_cursor){ p, encoded.n ? p + encoded.n : p, 0 };
}

/* False at the end. */
static inline bool features_next(struct features_cursor *c, uint32_t *ret)
{
	uint32_t gap = 0;
	unsigned shift = 0;

	if (c->p >= c->end)
		return false;
	while (c->p < c->end - 1 && *c->p & 0x80 && shift < 14) {
		gap |= (uint32_t)(*c->p++ & 0x7f) << shift;
		shift += 7;
	}
	gap |= (uint32_t)(*c->p++ & 0x7f) << shift;
	*ret = (c->next + gap) & (FEATURES_BUCKETS - 1);
	c->next = *ret + 1;
	return true;
}

#endif

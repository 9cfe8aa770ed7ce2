/* lists/listset.h - entries as one block of memory in which each is found in a step: an array
 * of places by hash, with a part of the hash beside each, then the entries themselves. What is
 * not listed is nearly never compared with an entry, so of a large set only the array is used:
 * about 11 bytes an entry. The block may be a file that is mapped: nothing is decoded, and
 * every place in it is checked where it is used.
 *
 *	header   LISTSET_HEADER bytes, little-endian words (listset.c)
 *	slots    words: 24 bits of the hash, 40 bits of the entry's place, 0 when free
 *	entries  lengths of key, text and note, last day, kind, then the three
 *
 * Input    a set file is the administrator's; a damaged one finds too little, never more harm.
 * Memory   borrows the block; a builder writes into a block of the caller.
 * Limits   LISTSET_PROBES slots are looked at; LISTSET_GLOBS patterns in a set, tried in turn.
 * Threads  const once built: any number.
 * Errors   listset_open: false. A builder says FULL or TWICE.
 */
#ifndef LISTS_LISTSET_H
#define LISTS_LISTSET_H

#include "lists/listtext.h"

enum { LISTSET_HEADER = 128, LISTSET_PROBES = 4096, LISTSET_GLOBS = 200 };

struct listset {
	str slots, entries;
	uint64_t seed, n, n_slots;
	uint64_t globs;	      /* place of the last pattern plus one; each names the one before */
	uint64_t prefixes[4]; /* that occur: of IPv4 in the first word, of IPv6 in the others */
	uint64_t kinds;	      /* of keys that occur, a bit each */
	int64_t made;	      /* wall clock; 0: unknown */
};

struct listset_hit {
	struct listkey key;
	str text; /* as it was written; empty: as listkey_put says */
	str note;
	int64_t until;
};

bool listset_open(str block, struct listset *ret) must_use;
/* The entry that is most particular, that of the longest prefix first. now is a wall clock:
 * what has expired is not there. */
bool listset_find(const struct listset *s, const struct listkey_set *keys, int64_t now,
		  struct listset_hit *ret) must_use;
/* Walks through all, expired ones too: start with *at = 0. */
bool listset_next(const struct listset *s, size_t *at, struct listset_hit *ret) must_use;
/* The entry's text as one may write it again. */
void listset_put(struct strbuf *out, const struct listset_hit *hit);

/* --- building --- */

struct listbuilder {
	struct listset set;
	char *block;
	size_t slots_at, entries_at, at, size;
	size_t globs;
};

enum listset_added { LISTSET_ADDED, LISTSET_TWICE, LISTSET_FULL };

/* The most that so many entries can need whose lines have so many bytes together. */
size_t listset_room(size_t entries, size_t bytes);
/* block is zeroed memory of that size. */
struct listbuilder listset_begin(char *block, size_t size, size_t entries, uint64_t seed);
enum listset_added listset_add(struct listbuilder *b, const struct listentry *e) must_use;
/* Writes the header; what of the block is used. */
str listset_end(struct listbuilder *b, int64_t now);

#endif

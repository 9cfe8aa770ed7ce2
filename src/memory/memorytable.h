/* memory/memorytable.h - the rows that were needed lately, by key, in a table of fixed size.
 *
 * A key may stand in one of MEMORYTABLE_WAYS places; the one that was used longest ago makes room,
 * but never one that is still to be written. Nobody outside knows the secret of the keys, so
 * nobody can fill the places of another.
 *
 * Memory   the slots are in the arena it is made with.
 * Limits   the number of slots it is made with.
 * Threads  one at a time: the owner locks.   Errors  cannot fail.
 */
#ifndef MEMORY_MEMORYTABLE_H
#define MEMORY_MEMORYTABLE_H

#include "memory/memory.h"

enum { MEMORYTABLE_WAYS = 8 };

struct memorytable_slot {
	struct memory_key key;
	struct memory_row row;
	uint32_t used; /* turn in which it was last asked for; 0: empty */
	uint8_t kind;
	bool dirty;   /* the file does not have it yet */
	bool writing; /* is being written just now */
};

struct memorytable {
	struct memorytable_slot *slots;
	size_t n;
	uint32_t turn;
	uint32_t *dirty; /* indexes of the dirty slots */
	size_t n_dirty;
};

/* n is made a power of two. */
void memorytable_make(struct memorytable *t, struct arena *a, size_t n);
/* NULL: not there. */
struct memorytable_slot *memorytable_find(struct memorytable *t, const struct memory_key *key)
	must_use;
/* A slot for a key that is not there; NULL while all its places are still to be written. */
struct memorytable_slot *memorytable_add(struct memorytable *t, const struct memory_key *key,
					 enum memory_kind kind) must_use;
void memorytable_mark(struct memorytable *t, struct memorytable_slot *s);
/* Up to max dirty slots, now marked as being written; returns how many. */
size_t memorytable_take(struct memorytable *t, uint32_t *ret_slots, size_t max) must_use;

#endif

/* base/aging.h - a table that forgets what was not needed lately: two generations.
 *
 * What is put in goes into the young one; when it is full the old one is forgotten and the young
 * one grows old. Who puts in again what he finds aged keeps it. Nothing is ever searched for
 * something to throw out.
 *
 *   entry = aging_find(&t, key, &aged);
 *   room = aging_room(&t);                      entry, its key and all it points to go in here...
 *   aging_put(&t, key, entry);                  ...and then into the table
 *
 * Input    keys may be hostile (base/map.h).
 * Memory   the table's own, given back by aging_close; what was found is borrowed, until
 *          aging_room is called.
 * Limits   about max_bytes in all, one entry more.
 * Threads  one at a time.
 * Errors   cannot fail.
 */
#ifndef BASE_AGING_H
#define BASE_AGING_H

#include "base/map.h"

struct aging_generation {
	struct arena *arena;
	struct map entries;
};

struct aging {
	size_t generation_bytes;
	struct aging_generation young, old;
};

/* name: of its arenas. */
void aging_open(struct aging *t, const char *name, size_t max_bytes);
void aging_close(struct aging *t);
/* Forgets everything. */
void aging_clear(struct aging *t);

/* NULL when absent. *ret_aged: it will be forgotten next. */
void *aging_find(const struct aging *t, str key, bool *ret_aged);
struct arena *aging_room(struct aging *t);
void aging_put(struct aging *t, str key, void *entry);

#endif

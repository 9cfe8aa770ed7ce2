/* base/map.h - a table from names to pointers, safe against chosen keys.
 *
 * Hashes are seeded at random once per process, so nobody outside can make keys
 * collide on purpose.
 *
 * Input    keys may be hostile.   Memory  in the caller's arena; keys are borrowed.
 * Limits   the arena's budget.    Threads  one at a time (reading: any number).
 * Errors   cannot fail.
 */
#ifndef BASE_MAP_H
#define BASE_MAP_H

#include "base/arena.h"

struct map_slot {
	uint64_t hash;
	str key;
	void *value; /* NULL: free slot */
};

struct map {
	struct arena *arena;
	struct map_slot *slots;
	size_t n, cap;
	bool fold_case;
};

struct map map_make(struct arena *a);
/* Keys compare without regard to ASCII case. */
struct map map_make_caseless(struct arena *a);
/* NULL when absent. */
void *map_get(const struct map *m, str key);
/* value must not be NULL. Returns the value that was there before, or NULL. */
void *map_set(struct map *m, str key, void *value);
/* Walks in no particular order: start with *at = 0; NULL at the end. */
const struct map_slot *map_next(const struct map *m, size_t *at);
/* The seeded hash itself, for tables that keep their own slots. */
uint64_t map_hash(str key, bool fold_case);

#endif

#include "base/aging.h"

enum { SPARE_BYTES = 1 << 20 }; /* an entry may be larger than what is left */

static void start_empty(struct aging_generation *g)
{
	arena_reset(g->arena);
	g->entries = map_make(g->arena);
}

void aging_open(struct aging *t, const char *name, size_t max_bytes)
{
	t->generation_bytes = max_bytes / 2;
	/* The table of a full generation may still double once. */
	t->young.arena = arena_new(name, 4 * t->generation_bytes + SPARE_BYTES);
	t->old.arena = arena_new(name, 4 * t->generation_bytes + SPARE_BYTES);
	aging_clear(t);
}

void aging_close(struct aging *t)
{
	t->young.arena = arena_free(t->young.arena);
	t->old.arena = arena_free(t->old.arena);
}

void aging_clear(struct aging *t)
{
	start_empty(&t->young);
	start_empty(&t->old);
}

void *aging_find(const struct aging *t, str key, bool *ret_aged)
{
	void *entry = map_get(&t->young.entries, key);

	*ret_aged = !entry;
	return entry ? entry : map_get(&t->old.entries, key);
}

struct arena *aging_room(struct aging *t)
{
	struct aging_generation full = t->young;

	if (arena_used(full.arena) >= t->generation_bytes) {
		t->young = t->old;
		t->old = full;
		start_empty(&t->young);
	}
	return t->young.arena;
}

void aging_put(struct aging *t, str key, void *entry)
{
	(void)map_set(&t->young.entries, key, entry);
}

#include "memory/memoryowed.h"

#include "base/map.h"

enum { SPARE = 2 }; /* tables grow by doubling */

struct owed {
	struct memory_change change;
	size_t number;
};

struct memoryowed {
	struct arena *own, *arena; /* arena: of all below, forgotten when nothing is owed */
	struct map known;	   /* kind and name -> struct owed */
	ARENA_VEC(struct owed *) v;
	size_t paid;
};

static void start_empty(struct memoryowed *o)
{
	arena_reset(o->arena);
	o->known = map_make(o->arena);
	o->v.v = NULL;
	o->v.n = o->v.cap = o->paid = 0;
}

struct memoryowed *memoryowed_new(void)
{
	struct arena *a = arena_new("owed", 4 << 10);
	struct memoryowed *o = arena_make(a, struct memoryowed);

	o->own = a;
	o->arena = arena_new("owed names", (1 + SPARE) * MEMORYOWED_BYTES);
	start_empty(o);
	return o;
}

struct memoryowed *memoryowed_free(struct memoryowed *o)
{
	if (!o)
		return NULL;
	arena_free(o->arena);
	arena_free(o->own);
	return NULL;
}

void memoryowed_add(struct memoryowed *o, const struct memory_change *c)
{
	char bytes[1 + MEMORY_MAX_TEXT];
	str text = str_sub(c->name.text, 0, MEMORY_MAX_TEXT), key = str_of(bytes, 1 + text.n);
	struct owed *known;

	bytes[0] = (char)c->name.kind;
	for (size_t i = 0; i < text.n; i++)
		bytes[1 + i] = text.p[i];
	known = map_get(&o->known, key);
	if (known && known->number >= o->paid) {
		known->change.forget |= c->forget;
		return;
	}
	if (arena_used(o->arena) >= MEMORYOWED_BYTES)
		return;
	key = arena_str(o->arena, key);
	known = arena_make(o->arena, struct owed);
	known->number = o->v.n;
	known->change = (struct memory_change){ .name = { c->name.kind, str_skip(key, 1) },
						.forget = c->forget };
	*arena_push(o->arena, &o->v) = known;
	(void)map_set(&o->known, key, known);
}

size_t memoryowed_first(const struct memoryowed *o, struct memory_change *ret, size_t max)
{
	size_t n = o->v.n - o->paid;

	if (n > max)
		n = max;
	for (size_t i = 0; i < n; i++)
		ret[i] = o->v.v[o->paid + i]->change;
	return n;
}

void memoryowed_drop(struct memoryowed *o, size_t n)
{
	o->paid += n;
	if (o->paid == o->v.n)
		start_empty(o);
}

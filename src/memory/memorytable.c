#include "memory/memorytable.h"

void memorytable_make(struct memorytable *t, struct arena *a, size_t n)
{
	size_t size = MEMORYTABLE_WAYS;

	while (size < n)
		size *= 2;
	*t = (struct memorytable){ .n = size };
	t->slots = arena_array(a, struct memorytable_slot, size);
	t->dirty = arena_array(a, uint32_t, size);
}

/* Keys are hashes: their first bytes are as good as any. */
static struct memorytable_slot *places(struct memorytable *t, const struct memory_key *key)
{
	uint64_t h;

	memcpy(&h, key->bytes, sizeof(h));
	return &t->slots[h & (t->n - 1) & ~(uint64_t)(MEMORYTABLE_WAYS - 1)];
}

/* After 4 thousand million turns the order is begun anew. */
static uint32_t next_turn(struct memorytable *t)
{
	if (++t->turn == 0) {
		for (size_t i = 0; i < t->n; i++)
			t->slots[i].used = t->slots[i].used ? 1 : 0;
		t->turn = 2;
	}
	return t->turn;
}

struct memorytable_slot *memorytable_find(struct memorytable *t, const struct memory_key *key)
{
	struct memorytable_slot *s = places(t, key);

	for (size_t i = 0; i < MEMORYTABLE_WAYS; i++) {
		if (s[i].used && memcmp(&s[i].key, key, sizeof(*key)) == 0) {
			s[i].used = next_turn(t);
			return &s[i];
		}
	}
	return NULL;
}

struct memorytable_slot *memorytable_add(struct memorytable *t, const struct memory_key *key,
					 enum memory_kind kind)
{
	struct memorytable_slot *s = places(t, key), *found = NULL;

	for (size_t i = 0; i < MEMORYTABLE_WAYS; i++) {
		if (!s[i].dirty && !s[i].writing && (!found || s[i].used < found->used))
			found = &s[i];
	}
	if (found)
		*found = (struct memorytable_slot){ .key = *key,
						    .kind = (uint8_t)kind,
						    .used = next_turn(t) };
	return found;
}

void memorytable_mark(struct memorytable *t, struct memorytable_slot *s)
{
	if (s->dirty)
		return;
	s->dirty = true;
	t->dirty[t->n_dirty++] = (uint32_t)(s - t->slots);
}

size_t memorytable_take(struct memorytable *t, uint32_t *ret_slots, size_t max)
{
	size_t n = 0;

	while (n < max && t->n_dirty > 0) {
		struct memorytable_slot *s = &t->slots[t->dirty[--t->n_dirty]];

		s->dirty = false;
		s->writing = true;
		ret_slots[n++] = (uint32_t)(s - t->slots);
	}
	return n;
}

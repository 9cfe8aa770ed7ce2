#include "base/map.h"

#include <pthread.h>
#include <sys/random.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

static uint64_t seed;
static pthread_once_t seeded = PTHREAD_ONCE_INIT;

static void make_seed(void)
{
	bug_if(getrandom(&seed, sizeof(seed), 0) != (ssize_t)sizeof(seed));
}

uint64_t map_hash(str key, bool fold_case)
{
	XXH3_state_t state;
	char folded[256];

	pthread_once(&seeded, make_seed);
	if (!fold_case)
		return XXH3_64bits_withSeed(key.p ? key.p : "", key.n, seed);
	XXH3_INITSTATE(&state);
	XXH3_64bits_reset_withSeed(&state, seed);
	while (key.n) {
		size_t n = key.n < sizeof(folded) ? key.n : sizeof(folded);

		for (size_t i = 0; i < n; i++)
			folded[i] = str_lower_char(key.p[i]);
		XXH3_64bits_update(&state, folded, n);
		key = str_skip(key, n);
	}
	return XXH3_64bits_digest(&state);
}

struct map map_make(struct arena *a)
{
	return (struct map){ .arena = a };
}

struct map map_make_caseless(struct arena *a)
{
	return (struct map){ .arena = a, .fold_case = true };
}

/* The slot that holds key, or the free one where it belongs. */
static struct map_slot *find(const struct map *m, uint64_t hash, str key)
{
	size_t mask = m->cap - 1;

	for (size_t i = hash & mask;; i = (i + 1) & mask) {
		struct map_slot *s = &m->slots[i];

		if (!s->value)
			return s;
		if (s->hash == hash &&
		    (m->fold_case ? str_caseeq(s->key, key) : str_eq(s->key, key)))
			return s;
	}
}

void *map_get(const struct map *m, str key)
{
	if (!m->cap)
		return NULL;
	return find(m, map_hash(key, m->fold_case), key)->value;
}

static void grow(struct map *m)
{
	struct map old = *m;

	m->cap = old.cap ? old.cap * 2 : 16;
	m->slots = arena_array(m->arena, struct map_slot, m->cap);
	for (size_t i = 0; i < old.cap; i++) {
		if (old.slots[i].value)
			*find(m, old.slots[i].hash, old.slots[i].key) = old.slots[i];
	}
}

void *map_set(struct map *m, str key, void *value)
{
	uint64_t hash = map_hash(key, m->fold_case);
	struct map_slot *s;
	void *before;

	bug_if(!value);
	if ((m->n + 1) * 4 > m->cap * 3)
		grow(m);
	s = find(m, hash, key);
	before = s->value;
	m->n += !before;
	*s = (struct map_slot){ hash, before ? s->key : key, value };
	return before;
}

const struct map_slot *map_next(const struct map *m, size_t *at)
{
	while (*at < m->cap) {
		const struct map_slot *s = &m->slots[(*at)++];

		if (s->value)
			return s;
	}
	return NULL;
}

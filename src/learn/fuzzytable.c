#include "learn/fuzzytable.h"

#include <xxhash.h>

/* The file: a head, the entries, 2^bits + 1 places, the references; little-endian, each where its
 * alignment wants it. */
enum { VERSION = 1, LEAST_BITS = 4, MOST_BITS = 24, AT_A_PLACE = 4 };

struct head {
	char magic[8];
	uint32_t version, n, bits, refs;
	uint64_t checksum; /* of the numbers above and of what follows the head */
};

static const char magic[8] = "potfuzzy";

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "the file is used as it lies");
_Static_assert(sizeof(struct head) == 32 && sizeof(struct fuzzytable_entry) == 72, "no gaps");

unsigned fuzzytable_near(enum fuzzy_kind kind)
{
	static const uint8_t near[FUZZY_KINDS] = {
		[FUZZY_TEXT] = 11,
		[FUZZY_DOCUMENT] = 22,
		[FUZZY_FILE] = FUZZY_ALIKE,
		[FUZZY_IMAGE] = FUZZY_ALIKE - 4,
	};

	return near[kind];
}

unsigned fuzzytable_equal(enum fuzzy_kind kind)
{
	static const uint8_t equal[FUZZY_KINDS] = {
		[FUZZY_TEXT] = 24,
		[FUZZY_DOCUMENT] = 28,
		[FUZZY_FILE] = FUZZY_ALIKE,
		[FUZZY_IMAGE] = FUZZY_ALIKE - 1,
	};

	return equal[kind];
}

/* Looking up */

static void look_at(const struct fuzzytable_entry *e, const struct fuzzy_digest *d,
		    struct fuzzytable_found *ret)
{
	bool white = e->flag == FUZZY_WHITE;
	const struct fuzzytable_entry **best = white ? &ret->white : &ret->spam;
	unsigned *most = white ? &ret->white_likeness : &ret->spam_likeness;
	unsigned likeness;

	if (e->kind != d->kind)
		return;
	likeness = fuzzy_likeness(d->kind, e->v, d->v);
	if (likeness < fuzzytable_near(d->kind) || likeness < *most ||
	    (likeness == *most && *best && (*best)->weight >= e->weight))
		return;
	*best = e;
	*most = likeness;
}

void fuzzytable_find(const struct fuzzytable *t, const struct fuzzy_digest *d, uint32_t not_before,
		     struct fuzzytable_found *ret)
{
	uint64_t keys[FUZZY_KEYS_MAX];
	size_t n = fuzzy_keys(d->kind, d->v, keys);

	*ret = (struct fuzzytable_found){ 0 };
	for (size_t i = 0; i < n && t->n; i++) {
		uint64_t place = keys[i] >> (64 - t->bits);
		uint32_t from = t->heap[place], to = t->heap[place + 1];

		for (uint32_t k = 0; k < FUZZYTABLE_TRIES && to > from; k++) {
			const struct fuzzytable_entry *e = &t->entries[t->refs[--to]];

			if (e->at >= not_before)
				look_at(e, d, ret);
		}
	}
}

/* Writing */

static uint32_t bits_for(uint64_t refs)
{
	uint32_t bits = LEAST_BITS;

	while (bits < MOST_BITS && refs >> bits > AT_A_PLACE)
		bits++;
	return bits;
}

static uint64_t checksum_of(const struct head *h, str rest)
{
	uint64_t seed = XXH3_64bits(h, offsetof(struct head, checksum));

	return XXH3_64bits_withSeed(rest.p ? rest.p : "", rest.n, seed);
}

static size_t keys_of(const struct fuzzytable_entry *e, uint64_t keys[FUZZY_KEYS_MAX])
{
	return fuzzy_keys((enum fuzzy_kind)e->kind, e->v, keys);
}

/* heap[p + 1] counts the references of place p, then becomes where those of p + 1 start. */
static uint64_t count_refs(const struct fuzzytable_entry *const *entries, uint32_t n)
{
	uint64_t keys[FUZZY_KEYS_MAX], refs = 0;

	for (uint32_t i = 0; i < n; i++)
		refs += keys_of(entries[i], keys);
	return refs;
}

static void fill(const struct fuzzytable_entry *const *entries, uint32_t n, uint32_t bits,
		 uint32_t *heap, uint32_t *refs, uint32_t *next)
{
	uint64_t keys[FUZZY_KEYS_MAX];
	uint32_t places = 1u << bits;

	for (uint32_t i = 0; i < n; i++) {
		for (size_t k = keys_of(entries[i], keys); k-- > 0;)
			heap[(keys[k] >> (64 - bits)) + 1]++;
	}
	for (uint32_t p = 0; p < places; p++) {
		heap[p + 1] += heap[p];
		next[p] = heap[p];
	}
	for (uint32_t i = 0; i < n; i++) {
		for (size_t k = keys_of(entries[i], keys); k-- > 0;)
			refs[next[keys[k] >> (64 - bits)]++] = i;
	}
}

str fuzzytable_encode(struct arena *a, const struct fuzzytable_entry *const *entries, uint32_t n)
{
	uint64_t n_refs = count_refs(entries, n);
	uint32_t bits = bits_for(n_refs), places = 1u << bits;
	size_t entries_size = (size_t)n * sizeof(**entries);
	size_t size = sizeof(struct head) + entries_size + 4 * ((size_t)places + 1 + n_refs);
	char *out = arena_alloc(a, size);
	struct head h = { .version = VERSION, .n = n, .bits = bits, .refs = (uint32_t)n_refs };
	uint32_t *heap = (uint32_t *)(void *)(out + sizeof(h) + entries_size);

	memset(heap, 0, 4 * ((size_t)places + 1));
	for (uint32_t i = 0; i < n; i++)
		memcpy(out + sizeof(h) + i * sizeof(**entries), entries[i], sizeof(**entries));
	fill(entries, n, bits, heap, heap + places + 1, arena_array(a, uint32_t, places));
	memcpy(h.magic, magic, sizeof(magic));
	h.checksum = checksum_of(&h, str_of(out + sizeof(h), size - sizeof(h)));
	memcpy(out, &h, sizeof(h));
	return str_of(out, size);
}

/* Reading */

static bool entry_valid(const struct fuzzytable_entry *e)
{
	return e->kind < FUZZY_KINDS && e->flag >= FUZZY_DENIED && e->flag <= FUZZY_WHITE &&
	       e->weight && !e->spare;
}

static bool table_valid(const struct fuzzytable *t, uint32_t refs)
{
	uint32_t places = 1u << t->bits;

	for (uint32_t i = 0; i < t->n; i++) {
		if (!entry_valid(&t->entries[i]))
			return false;
	}
	for (uint32_t p = 0; p < places; p++) {
		if (t->heap[p] > t->heap[p + 1])
			return false;
	}
	for (uint32_t i = 0; i < refs; i++) {
		if (t->refs[i] >= t->n)
			return false;
	}
	return t->heap[0] == 0 && t->heap[places] == refs;
}

bool fuzzytable_decode(str bytes, struct fuzzytable *ret)
{
	const char *at;
	struct head h;
	struct fuzzytable t;
	size_t places;

	if (bytes.n < sizeof(h) || (uintptr_t)bytes.p % sizeof(uint64_t))
		return false;
	memcpy(&h, bytes.p, sizeof(h));
	if (memcmp(h.magic, magic, sizeof(magic)) != 0 || h.version != VERSION ||
	    h.n > FUZZYTABLE_MAX || h.bits < LEAST_BITS || h.bits > MOST_BITS ||
	    h.refs > (uint64_t)h.n * FUZZY_KEYS_MAX)
		return false;
	at = bytes.p + sizeof(h);
	places = (size_t)1 << h.bits;
	if (bytes.n != sizeof(h) + h.n * sizeof(*t.entries) + 4 * (places + 1 + h.refs) ||
	    h.checksum != checksum_of(&h, str_skip(bytes, sizeof(h))))
		return false;
	t = (struct fuzzytable){ .n = h.n, .bits = h.bits };
	t.entries = (const struct fuzzytable_entry *)(const void *)at;
	t.heap = (const uint32_t *)(const void *)(at + h.n * sizeof(*t.entries));
	t.refs = t.heap + places + 1;
	if (!table_valid(&t, h.refs))
		return false;
	*ret = t;
	return true;
}

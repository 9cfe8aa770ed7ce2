#include "features/features.h"

#include "base/strbuf.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

enum { WORD_BITS = 64, WORDS = FEATURES_BUCKETS / WORD_BITS, TOKEN_MAX = 256 };

struct features_set {
	uint64_t seed;
	uint64_t odd; /* multiplier for grams: which product bits a gram has depends on the key */
	uint32_t n;
	uint64_t bits[WORDS];
};

struct features_set *features_new(struct arena *a, uint64_t key, enum features_view view)
{
	struct features_set *s = arena_make(a, struct features_set);

	s->seed = XXH3_64bits_withSeed(&key, sizeof(key), view);
	s->odd = XXH3_64bits_withSeed(&key, sizeof(key), view + FEATURES_VIEWS) | 1;
	return s;
}

static void add(struct features_set *s, uint64_t hash)
{
	uint32_t bucket = (uint32_t)(hash >> (64 - FEATURES_BITS));
	uint64_t bit = (uint64_t)1 << bucket % WORD_BITS;

	if (s->bits[bucket / WORD_BITS] & bit || s->n >= FEATURES_MAX)
		return;
	s->bits[bucket / WORD_BITS] |= bit;
	s->n++;
}

/* One product alone puts grams that are alike into the same buckets too often. */
static uint64_t mixed(uint64_t product, uint64_t odd)
{
	return (product ^ product >> 32) * odd;
}

void features_grams(struct features_set *s, unsigned n, str text)
{
	uint64_t gram = 0, mask = ~(uint64_t)0 >> (64 - 8 * n);
	size_t seen = 0;

	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] == '\r')
			continue;
		gram = (gram << 8 | (unsigned char)text.p[i]) & mask;
		if (++seen >= n)
			add(s, mixed((gram ^ s->seed) * s->odd, s->odd));
	}
}

void features_token(struct features_set *s, char kind, str a, str b)
{
	char text[2 * TOKEN_MAX + 2];
	size_t n = 0;

	a = str_sub(a, 0, TOKEN_MAX);
	b = str_sub(b, 0, TOKEN_MAX);
	text[n++] = kind;
	if (a.n)
		memcpy(text + n, a.p, a.n);
	n += a.n;
	text[n++] = '\0';
	if (b.n)
		memcpy(text + n, b.p, b.n);
	add(s, XXH3_64bits_withSeed(text, n + b.n, s->seed));
}

static void put_gap(struct strbuf *out, uint32_t gap)
{
	for (; gap >= 0x80; gap >>= 7)
		strbuf_char(out, (char)(gap | 0x80));
	strbuf_char(out, (char)gap);
}

str features_encode(struct arena *a, const struct features_set *s)
{
	struct strbuf out = strbuf_make(a, FEATURES_MAX_BYTES);
	uint32_t next = 0;

	strbuf_reserve(&out, s->n + s->n / 4);
	for (uint32_t w = 0; w < WORDS; w++) {
		for (uint64_t left = s->bits[w]; left; left &= left - 1) {
			uint32_t bucket = w * WORD_BITS + (uint32_t)__builtin_ctzll(left);

			put_gap(&out, bucket - next);
			next = bucket + 1;
		}
	}
	return strbuf_str(&out);
}

/* Each number in as few bytes as it needs, so that one set has one encoding. */
bool features_valid(str encoded)
{
	uint64_t next = 0;
	size_t count = 0;

	for (size_t i = 0; i < encoded.n; count++) {
		uint32_t gap = 0;
		unsigned char c;
		unsigned shift = 0;

		do {
			if (i == encoded.n || shift > 14)
				return false;
			c = (unsigned char)encoded.p[i++];
			gap |= (uint32_t)(c & 0x7f) << shift;
			shift += 7;
		} while (c & 0x80);
		if (c == 0 && shift > 7)
			return false;
		next += gap;
		if (next++ >= FEATURES_BUCKETS)
			return false;
	}
	return count <= FEATURES_MAX;
}

size_t features_count(str encoded)
{
	size_t n = 0;

	for (size_t i = 0; i < encoded.n; i++)
		n += !(encoded.p[i] & 0x80);
	return n;
}

#include "fuzzy/fuzzy.h"

#include <xxhash.h>

enum { BITS = 64, PIECES = 6, PIECE_BITS = 11 /* the last has fewer */ };

const char *fuzzy_kind_name(enum fuzzy_kind kind)
{
	static const char *const names[FUZZY_KINDS] = { "text", "document", "file", "image" };

	return names[kind];
}

struct fuzzy_digest fuzzy_of_file(uint32_t part, const uint8_t sha256[32])
{
	struct fuzzy_digest d = { .kind = FUZZY_FILE, .part = part };

	for (size_t i = 0; i < 16; i++)
		d.v[i] = (uint16_t)(sha256[2 * i] | sha256[2 * i + 1] << 8);
	return d;
}

struct fuzzy_digest fuzzy_of_image(uint32_t part, uint64_t bits)
{
	struct fuzzy_digest d = { .kind = FUZZY_IMAGE, .part = part };

	for (size_t i = 0; i < 4; i++)
		d.v[i] = (uint16_t)(bits >> (16 * i));
	return d;
}

static uint64_t bits_of(const uint16_t v[FUZZY_VALUES])
{
	return v[0] | (uint64_t)v[1] << 16 | (uint64_t)v[2] << 32 | (uint64_t)v[3] << 48;
}

unsigned fuzzy_likeness(enum fuzzy_kind kind, const uint16_t a[FUZZY_VALUES],
			const uint16_t b[FUZZY_VALUES])
{
	unsigned same = 0, apart;

	if (kind == FUZZY_IMAGE) {
		apart = (unsigned)__builtin_popcountll(bits_of(a) ^ bits_of(b));
		return apart < FUZZY_ALIKE ? FUZZY_ALIKE - apart : 0;
	}
	for (size_t i = 0; i < FUZZY_VALUES; i++)
		same += a[i] == b[i];
	return kind == FUZZY_FILE && same < FUZZY_VALUES ? 0 : same;
}

static uint64_t key_of(enum fuzzy_kind kind, size_t number, uint64_t piece)
{
	uint64_t in[3] = { kind, number, piece };

	return XXH3_64bits(in, sizeof(in));
}

/* Two of six pieces: four bits can spoil four of them at most. */
static size_t keys_of_image(uint64_t bits, uint64_t ret[FUZZY_KEYS_MAX])
{
	const uint64_t mask = (1 << PIECE_BITS) - 1;
	size_t n = 0;

	for (unsigned i = 0; i < PIECES; i++) {
		for (unsigned k = i + 1; k < PIECES; k++) {
			uint64_t first = bits >> (PIECE_BITS * i) & mask;
			uint64_t second = bits >> (PIECE_BITS * k) & mask;

			ret[n] = key_of(FUZZY_IMAGE, n, first << PIECE_BITS | second);
			n++;
		}
	}
	return n;
}

_Static_assert(PIECES *(PIECES - 1) / 2 <= FUZZY_KEYS_MAX, "keys of an image fit");
_Static_assert(PIECES *PIECE_BITS >= BITS, "each bit is in a piece");

size_t fuzzy_keys(enum fuzzy_kind kind, const uint16_t v[FUZZY_VALUES],
		  uint64_t ret[FUZZY_KEYS_MAX])
{
	if (kind == FUZZY_IMAGE)
		return keys_of_image(bits_of(v), ret);
	if (kind == FUZZY_FILE) {
		ret[0] = key_of(kind, 0, bits_of(v));
		return 1;
	}
	for (size_t i = 0; i < FUZZY_KEYS_MAX; i++)
		ret[i] = key_of(kind, i, v[2 * i] | (uint64_t)v[2 * i + 1] << 16);
	return FUZZY_KEYS_MAX;
}

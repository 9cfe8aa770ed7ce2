#include "fuzzy/fuzzytext.h"

#include <xxhash.h>

enum { WORD_BYTES = 64, ROW = 3, COUNTER_BITS = 256 };

struct fuzzytext {
	uint64_t by[FUZZY_VALUES]; /* a function is h -> (h ^ by[i]) * odd[i], upper half */
	uint64_t odd[FUZZY_VALUES];
	uint32_t least[FUZZY_VALUES];
	uint64_t seen[COUNTER_BITS / 64]; /* a bit for each shingle: how many differ, roughly */
	uint32_t words;
	uint64_t row[ROW]; /* the last words */
	uint32_t in_row;
};

/* SplitMix64 (Steele, Lea, Flood 2014): the constants of all gateways. */
static uint64_t next_constant(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

struct fuzzytext *fuzzytext_new(struct arena *a)
{
	struct fuzzytext *t = arena_make(a, struct fuzzytext);
	uint64_t state = 0x506f7465726e6531; /* "Poterne1": another number, other digests */

	for (size_t i = 0; i < FUZZY_VALUES; i++) {
		t->by[i] = next_constant(&state);
		t->odd[i] = next_constant(&state) | 1;
		t->least[i] = UINT32_MAX;
	}
	return t;
}

static void add_shingle(struct fuzzytext *t)
{
	uint64_t h = XXH3_64bits(t->row, sizeof(t->row));

	t->seen[h >> 6 & (COUNTER_BITS / 64 - 1)] |= 1ull << (h & 63);
	for (size_t i = 0; i < FUZZY_VALUES; i++) {
		uint32_t v = (uint32_t)((h ^ t->by[i]) * t->odd[i] >> 32);

		t->least[i] = v < t->least[i] ? v : t->least[i];
	}
}

static void add_word(struct fuzzytext *t, str word)
{
	t->words++;
	for (size_t i = 0; i + 1 < ROW; i++)
		t->row[i] = t->row[i + 1];
	t->row[ROW - 1] = XXH3_64bits(word.p, word.n);
	if (++t->in_row >= ROW)
		add_shingle(t);
}

static bool is_letter(char c)
{
	return str_is_alpha(c) || (unsigned char)c >= 0x80;
}

/* Letters in a row, or figures, all of which are alike. */
static str next_word(str *rest)
{
	size_t from = 0, to;

	while (from < rest->n && !is_letter(rest->p[from]) && !str_is_digit(rest->p[from]))
		from++;
	to = from;
	if (from < rest->n && str_is_digit(rest->p[from])) {
		while (to < rest->n && str_is_digit(rest->p[to]))
			to++;
		*rest = str_skip(*rest, to);
		return STR("0");
	}
	while (to < rest->n && is_letter(rest->p[to]))
		to++;
	from = to - from > WORD_BYTES ? to - WORD_BYTES : from;
	str word = str_sub(*rest, from, to);
	*rest = str_skip(*rest, to);
	return word;
}

/* The host in "https://host/path", or nothing. */
static str host_of(str piece)
{
	size_t at = str_find(piece, STR("://")), n = 0;
	str host = at == STR_NONE ? STR("") : str_skip(piece, at + 3);

	while (n < host.n && host.p[n] != '/' && host.p[n] != '?' && host.p[n] != '#')
		n++;
	return str_sub(host, 0, n);
}

static void add_piece(struct fuzzytext *t, str piece)
{
	str host = host_of(piece);

	if (host.n) {
		add_word(t, str_sub(host, 0, WORD_BYTES));
		return;
	}
	if (str_chr(piece, '@') != STR_NONE) {
		add_word(t, STR("@"));
		return;
	}
	while (!fuzzytext_full(t)) {
		str word = next_word(&piece);

		if (!word.n)
			break;
		add_word(t, word);
	}
}

bool fuzzytext_full(const struct fuzzytext *t)
{
	return t->words >= FUZZYTEXT_WORDS_MAX;
}

void fuzzytext_add(struct fuzzytext *t, str folded)
{
	str piece;

	t->in_row = 0;
	while (!fuzzytext_full(t) && str_split(&folded, ' ', &piece))
		add_piece(t, piece);
}

bool fuzzytext_digest(const struct fuzzytext *t, enum fuzzy_kind kind, uint32_t part,
		      struct fuzzy_digest *ret)
{
	unsigned different = 0;

	for (size_t i = 0; i < ARRAY_LEN(t->seen); i++)
		different += (unsigned)__builtin_popcountll(t->seen[i]);
	if (different < FUZZYTEXT_SHINGLES_MIN)
		return false;
	*ret = (struct fuzzy_digest){ .kind = kind, .part = part };
	/* The low bits: the high ones of least values are mostly zero. */
	for (size_t i = 0; i < FUZZY_VALUES; i++)
		ret->v[i] = (uint16_t)t->least[i];
	return true;
}

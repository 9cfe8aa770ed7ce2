#include "lists/listset.h"

#include <endian.h>
#include <xxhash.h>

static const char magic[] = "POTLIST1";

/* Words of the header. */
enum {
	AT_MAGIC,
	AT_SEED,
	AT_N,
	AT_SLOTS,
	AT_ENTRIES,
	AT_GLOBS,
	AT_PREFIXES,
	AT_MADE = 10,
	AT_KINDS
};

enum { PLACE_BITS = 40, FIXED = 11, DAY = 24 * 3600, FOR_EVER = -1 };

static uint64_t word_at(const char *p, size_t i)
{
	uint64_t v;

	memcpy(&v, p + 8 * i, 8);
	return le64toh(v);
}

static void put_word(char *p, size_t i, uint64_t v)
{
	v = htole64(v);
	memcpy(p + 8 * i, &v, 8);
}

static uint64_t hash_of(uint64_t seed, struct listkey key)
{
	return XXH3_64bits_withSeed(key.text.p, key.text.n,
				    seed + (uint64_t)key.kind * 0x9e3779b97f4a7c15);
}

static uint64_t bit_of(enum listkey_kind kind)
{
	return 1ull << (kind & 63);
}

static uint64_t slot_of(uint64_t hash, uint64_t n_slots)
{
	return (hash >> 32) * n_slots >> 32;
}

bool listset_open(str block, struct listset *ret)
{
	struct listset s = { 0 };
	uint64_t entries;

	if (block.n < LISTSET_HEADER || memcmp(block.p, magic, 8) != 0)
		return false;
	s.seed = word_at(block.p, AT_SEED);
	s.n = word_at(block.p, AT_N);
	s.n_slots = word_at(block.p, AT_SLOTS);
	entries = word_at(block.p, AT_ENTRIES);
	s.globs = word_at(block.p, AT_GLOBS);
	for (size_t i = 0; i < ARRAY_LEN(s.prefixes); i++)
		s.prefixes[i] = word_at(block.p, AT_PREFIXES + i);
	s.made = (int64_t)word_at(block.p, AT_MADE);
	s.kinds = word_at(block.p, AT_KINDS);
	block = str_skip(block, LISTSET_HEADER);
	if (s.n_slots == 0 || s.n_slots > UINT32_MAX || s.n_slots > block.n / 8 ||
	    entries != block.n - 8 * s.n_slots)
		return false;
	s.slots = str_sub(block, 0, 8 * s.n_slots);
	s.entries = str_skip(block, 8 * s.n_slots);
	*ret = s;
	return true;
}

/* The entry at a place; false when the block is damaged there. */
static bool read_entry(const struct listset *s, uint64_t place, struct listset_hit *ret,
		       size_t *ret_end)
{
	uint16_t key, text, note;
	uint32_t day;
	const char *p;

	if (place > s->entries.n || s->entries.n - place < FIXED)
		return false;
	p = s->entries.p + place;
	memcpy(&key, p, 2);
	memcpy(&text, p + 2, 2);
	memcpy(&note, p + 4, 2);
	memcpy(&day, p + 6, 4);
	key = le16toh(key);
	text = le16toh(text);
	note = le16toh(note);
	day = le32toh(day);
	*ret_end = place + FIXED + key + text + note;
	if (*ret_end > s->entries.n)
		return false;
	ret->key = (struct listkey){ (enum listkey_kind)p[10], str_of(p + FIXED, key) };
	ret->text = str_of(p + FIXED + key, text);
	ret->note = str_of(p + FIXED + key + text, note);
	ret->until = day == UINT32_MAX ? INT64_MAX : (int64_t)day * DAY;
	return ret->key.kind != LISTKEY_NETWORK || key == 1 + IP_V4 || key == 1 + IP_V6;
}

/* The slot that holds the key, else the free one where it would be; n_slots: neither. */
static uint64_t probe(const struct listset *s, struct listkey key, uint64_t hash,
		      struct listset_hit *ret)
{
	uint64_t at = slot_of(hash, s->n_slots);
	uint64_t mark = hash << PLACE_BITS;

	for (size_t i = 0; i < LISTSET_PROBES; i++) {
		uint64_t slot = word_at(s->slots.p, at);
		size_t end;

		if (slot == 0)
			return at;
		if ((slot ^ mark) >> PLACE_BITS == 0 &&
		    read_entry(s, (slot & ((1ull << PLACE_BITS) - 1)) - 1, ret, &end) &&
		    ret->key.kind == key.kind && str_eq(ret->key.text, key.text))
			return at;
		at = at + 1 == s->n_slots ? 0 : at + 1;
	}
	return s->n_slots;
}

static bool has(const struct listset *s, struct listkey key, uint64_t hash, int64_t now,
		struct listset_hit *ret)
{
	ret->key.text.p = NULL;
	if (probe(s, key, hash, ret) == s->n_slots || !ret->key.text.p)
		return false;
	return ret->key.kind == key.kind && str_eq(ret->key.text, key.text) && now < ret->until;
}

static bool find_network(const struct listset *s, struct ip ip, int64_t now,
			 struct listset_hit *ret)
{
	const uint64_t *words = s->prefixes + (ip.n == IP_V6);
	char bytes[1 + IP_V6];

	for (unsigned prefix = 8u * ip.n + 1; prefix-- > 0;) {
		struct listkey key;

		if (!(words[prefix / 64] >> prefix % 64 & 1))
			continue;
		key = listkey_of_ip(ip, prefix, bytes);
		if (has(s, key, hash_of(s->seed, key), now, ret))
			return true;
	}
	return false;
}

static bool glob_fits(struct listset_hit *hit, str text, int64_t now)
{
	return hit->key.text.n >= 8 && now < hit->until &&
	       listkey_glob_fits(str_skip(hit->key.text, 8), text);
}

/* Each pattern's key begins with the place of the one before it, which is always smaller. */
static bool find_glob(const struct listset *s, str text, int64_t now, struct listset_hit *ret)
{
	uint64_t next = s->globs;
	size_t end;

	for (size_t i = 0; next && i < LISTSET_GLOBS; i++) {
		uint64_t place = next - 1;

		if (!read_entry(s, place, ret, &end) || ret->key.kind != LISTKEY_GLOB)
			return false;
		if (glob_fits(ret, text, now)) {
			ret->key.text = str_skip(ret->key.text, 8);
			return true;
		}
		next = ret->key.text.n >= 8 ? word_at(ret->key.text.p, 0) : 0;
		if (next > place)
			return false;
	}
	return false;
}

bool listset_find(const struct listset *s, const struct listkey_set *keys, int64_t now,
		  struct listset_hit *ret)
{
	uint64_t hashes[LISTKEY_CANDIDATES];

	/* The slots of all keys come from memory at the same time. */
	for (size_t i = 0; i < keys->n; i++) {
		if (!(s->kinds & bit_of(keys->v[i].kind)))
			continue;
		hashes[i] = hash_of(s->seed, keys->v[i]);
		__builtin_prefetch(s->slots.p + 8 * slot_of(hashes[i], s->n_slots));
	}
	for (size_t i = 0; i < keys->n; i++) {
		if (s->kinds & bit_of(keys->v[i].kind) && has(s, keys->v[i], hashes[i], now, ret))
			return true;
	}
	if (keys->ip.n && find_network(s, keys->ip, now, ret))
		return true;
	return keys->text.n && s->globs && find_glob(s, keys->text, now, ret);
}

bool listset_next(const struct listset *s, size_t *at, struct listset_hit *ret)
{
	if (*at >= s->entries.n || !read_entry(s, *at, ret, at))
		return false;
	if (ret->key.kind == LISTKEY_GLOB)
		ret->key.text = str_skip(ret->key.text, 8);
	return true;
}

void listset_put(struct strbuf *out, const struct listset_hit *hit)
{
	if (hit->text.n)
		strbuf_put(out, hit->text);
	else
		listkey_put(out, hit->key);
}

/* --- building --- */

/* Three quarters of the slots are used. Letters outside ASCII may take more room in ASCII. */
size_t listset_room(size_t entries, size_t bytes)
{
	return LISTSET_HEADER + 8 * (entries + entries / 3 + 1) + entries * (FIXED + 8) + 8 * bytes;
}

struct listbuilder listset_begin(char *block, size_t size, size_t entries, uint64_t seed)
{
	struct listbuilder b = { .block = block, .size = size, .slots_at = LISTSET_HEADER };

	b.set.seed = seed;
	b.set.n_slots = entries + entries / 3 + 1;
	b.entries_at = b.at = LISTSET_HEADER + 8 * b.set.n_slots;
	b.set.slots = str_of(block + b.slots_at, 8 * b.set.n_slots);
	return b;
}

static char *append(char *p, str s)
{
	if (s.n)
		memcpy(p, s.p, s.n);
	return p + s.n;
}

static void put_entry(struct listbuilder *b, const struct listentry *e, str before, str text,
		      str note)
{
	uint16_t key_n = htole16((uint16_t)(e->key.text.n + before.n));
	uint16_t text_n = htole16((uint16_t)text.n), note_n = htole16((uint16_t)note.n);
	uint32_t day = e->until / DAY >= UINT32_MAX ? UINT32_MAX : (uint32_t)(e->until / DAY);
	char *p = b->block + b->at;

	day = htole32(day);
	memcpy(p, &key_n, 2);
	memcpy(p + 2, &text_n, 2);
	memcpy(p + 4, &note_n, 2);
	memcpy(p + 6, &day, 4);
	p[10] = (char)e->key.kind;
	p = append(append(append(append(p + FIXED, before), e->key.text), text), note);
	b->at = (size_t)(p - b->block);
	b->set.n++;
	b->set.kinds |= bit_of(e->key.kind);
	b->set.entries = str_of(b->block + b->entries_at, b->at - b->entries_at);
}

static void note_prefix(struct listset *s, str key)
{
	unsigned prefix = (unsigned char)key.p[0];

	s->prefixes[(key.n == 1 + IP_V6) + prefix / 64] |= 1ull << prefix % 64;
}

/* How it was written is kept where its key says less. */
static str text_to_keep(const struct listentry *e)
{
	if (e->key.kind != LISTKEY_NAME && e->key.kind != LISTKEY_ADDRESS)
		return STR("");
	return str_eq(e->text, e->key.text) ? STR("") : e->text;
}

static enum listset_added add_glob(struct listbuilder *b, const struct listentry *e)
{
	uint64_t place = b->at - b->entries_at;
	char before[8];

	if (b->globs++ >= LISTSET_GLOBS)
		return LISTSET_FULL;
	put_word(before, 0, b->set.globs);
	put_entry(b, e, str_of(before, 8), STR(""), e->note);
	b->set.globs = place + 1;
	return LISTSET_ADDED;
}

enum listset_added listset_add(struct listbuilder *b, const struct listentry *e)
{
	str text = text_to_keep(e);
	struct listset_hit hit = { 0 };
	uint64_t at, place = b->at - b->entries_at, hash = hash_of(b->set.seed, e->key);

	if (b->size - b->at < FIXED + 8 + e->key.text.n + text.n + e->note.n ||
	    place >> (PLACE_BITS - 1))
		return LISTSET_FULL;
	if (e->key.kind == LISTKEY_GLOB)
		return add_glob(b, e);
	at = probe(&b->set, e->key, hash, &hit);
	if (at == b->set.n_slots)
		return LISTSET_FULL;
	if (word_at(b->set.slots.p, at))
		return LISTSET_TWICE;
	put_word(b->block + b->slots_at, at, hash << PLACE_BITS | (place + 1));
	if (e->key.kind == LISTKEY_NETWORK)
		note_prefix(&b->set, e->key.text);
	put_entry(b, e, STR(""), text, e->note);
	return LISTSET_ADDED;
}

str listset_end(struct listbuilder *b, int64_t now)
{
	memcpy(b->block, magic, 8);
	put_word(b->block, AT_SEED, b->set.seed);
	put_word(b->block, AT_N, b->set.n);
	put_word(b->block, AT_SLOTS, b->set.n_slots);
	put_word(b->block, AT_ENTRIES, b->at - b->entries_at);
	put_word(b->block, AT_GLOBS, b->set.globs);
	for (size_t i = 0; i < ARRAY_LEN(b->set.prefixes); i++)
		put_word(b->block, AT_PREFIXES + i, b->set.prefixes[i]);
	put_word(b->block, AT_MADE, (uint64_t)now);
	put_word(b->block, AT_KINDS, b->set.kinds);
	return str_of(b->block, b->at);
}

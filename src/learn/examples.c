#include "learn/examples.h"

#include "base/reader.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

/* Head: magic, key, and a checksum of both. A record: length of what follows, kind, digest, time,
 * the encoded views each with its length, checksum; numbers little-endian. */
enum {
	HEAD_BYTES = 8 + 8 + 8,
	SUM_BYTES = 8,
	RECORD_MAX = 1 + 16 + 8 + FEATURES_VIEWS * (4 + FEATURES_MAX_BYTES) + SUM_BYTES,
	USELESS_MIN = 1000,
};

static const str magic = { "POTLEAR3", 8 };

static uint64_t checksum(str bytes)
{
	return XXH3_64bits(bytes.n ? bytes.p : "", bytes.n);
}

str examples_head(struct arena *a, uint64_t key)
{
	struct strbuf out = strbuf_make(a, HEAD_BYTES);

	strbuf_put(&out, magic);
	strbuf_le(&out, key, 8);
	strbuf_le(&out, checksum(strbuf_str(&out)), SUM_BYTES);
	return strbuf_str(&out);
}

void examples_put(struct strbuf *out, const struct example *e)
{
	size_t n = 1 + 16 + 8 + SUM_BYTES, from;

	for (int v = 0; v < FEATURES_VIEWS; v++)
		n += 4 + e->features.view[v].n;
	strbuf_le(out, n, 4);
	from = out->n;
	strbuf_char(out, (char)e->kind);
	strbuf_le(out, e->digest[0], 8);
	strbuf_le(out, e->digest[1], 8);
	strbuf_le(out, (uint64_t)e->at, 8);
	for (int v = 0; v < FEATURES_VIEWS; v++) {
		strbuf_le(out, e->features.view[v].n, 4);
		strbuf_put(out, e->features.view[v]);
	}
	strbuf_le(out, checksum(str_skip(strbuf_str(out), from)), SUM_BYTES);
}

static bool get_record(str record, struct example *ret)
{
	struct reader r = reader_make(record);
	str sum = str_skip(record, record.n < SUM_BYTES ? 0 : record.n - SUM_BYTES);
	struct reader s = reader_make(sum);
	uint8_t kind = reader_u8(&r);

	ret->kind = (enum example_kind)kind;
	ret->digest[0] = reader_u64le(&r);
	ret->digest[1] = reader_u64le(&r);
	ret->at = (int64_t)reader_u64le(&r);
	for (int v = 0; v < FEATURES_VIEWS; v++) {
		ret->features.view[v] = reader_lstr(&r, FEATURES_MAX_BYTES);
		r.bad |= !features_valid(ret->features.view[v]);
	}
	return !r.bad && kind < EXAMPLE_KINDS && reader_left(&r) == SUM_BYTES &&
	       reader_u64le(&s) == checksum(str_sub(record, 0, r.at));
}

static struct example *find(const struct examples *e, const uint64_t digest[2])
{
	return map_get(&e->last, str_of(digest, 16));
}

/* The newest record of a digest is the one that counts. */
static struct example *keep(struct examples *e, const struct example *x)
{
	struct example *old = find(e, x->digest);

	if (old) {
		*old = *x;
		return old;
	}
	old = arena_make(e->arena, struct example);
	*old = *x;
	*arena_push(e->arena, &e->v) = old;
	map_set(&e->last, str_of(old->digest, 16), old);
	return old;
}

static struct examples none(struct arena *a, uint64_t key)
{
	return (struct examples){ .arena = a, .key = key, .last = map_make(a) };
}

bool examples_read(struct arena *a, str file, struct examples *ret)
{
	struct reader r = reader_make(file);
	bool known = str_eq(reader_bytes(&r, magic.n), magic);
	uint64_t key = reader_u64le(&r);

	if (!known || reader_u64le(&r) != checksum(str_sub(file, 0, HEAD_BYTES - SUM_BYTES)) ||
	    key == 0)
		return false;
	*ret = none(a, key);
	while (reader_left(&r)) {
		struct example x;

		ret->sound = r.at;
		if (!get_record(reader_lstr(&r, RECORD_MAX), &x) || r.bad) {
			ret->damaged = true;
			return true;
		}
		keep(ret, &x);
		ret->records++;
	}
	ret->sound = file.n;
	return true;
}

static void digest_of(const struct features *f, uint64_t ret[2])
{
	XXH3_state_t state;
	XXH128_hash_t h;

	XXH3_INITSTATE(&state);
	XXH3_128bits_reset(&state);
	for (int v = 0; v < FEATURES_VIEWS; v++) {
		uint64_t n = f->view[v].n;

		XXH3_128bits_update(&state, &n, sizeof(n));
		if (n)
			XXH3_128bits_update(&state, f->view[v].p, n);
	}
	h = XXH3_128bits_digest(&state);
	ret[0] = h.low64;
	ret[1] = h.high64;
}

enum examples_news examples_add(struct examples *e, const struct features *f,
				enum example_kind kind, int64_t at, struct strbuf *out)
{
	struct example x = { .at = at, .kind = kind, .features = *f };
	const struct example *old;
	enum example_kind was;

	digest_of(f, x.digest);
	old = find(e, x.digest);
	was = old ? old->kind : EXAMPLE_FORGOTTEN;
	if (was == kind)
		return EXAMPLES_KNOWN;
	for (int v = 0; v < FEATURES_VIEWS; v++)
		x.features.view[v] = kind == EXAMPLE_FORGOTTEN ? STR("")
				     : old && old->features.view[v].n
					     ? old->features.view[v]
					     : arena_str(e->arena, f->view[v]);
	keep(e, &x);
	examples_put(out, &x);
	e->records++;
	return was == EXAMPLE_FORGOTTEN ? EXAMPLES_NEW : EXAMPLES_CHANGED;
}

size_t examples_count(const struct examples *e, enum example_kind kind)
{
	size_t n = 0;

	for (size_t i = 0; i < e->v.n; i++)
		n += e->v.v[i]->kind == kind;
	return n;
}

static size_t bytes_of(const struct example *x)
{
	size_t n = 0;

	for (int v = 0; v < FEATURES_VIEWS; v++)
		n += x->features.view[v].n;
	return n;
}

/* They stand in order of arrival. */
static bool forget_oldest(struct examples *e, enum example_kind kind)
{
	size_t n = 0, bytes = 0;
	bool any = false;

	for (size_t i = e->v.n; i-- > 0;) {
		struct example *x = e->v.v[i];

		if (x->kind != kind)
			continue;
		bytes += bytes_of(x);
		if (++n <= EXAMPLES_MAX && bytes <= EXAMPLES_KEEP_BYTES)
			continue;
		x->kind = EXAMPLE_FORGOTTEN;
		any = true;
	}
	return any;
}

static bool is_expired(const struct example *x, int64_t not_before)
{
	return x->kind != EXAMPLE_FORGOTTEN && x->at < not_before;
}

size_t examples_expired(const struct examples *e, int64_t not_before)
{
	size_t n = 0;

	for (size_t i = 0; i < e->v.n; i++)
		n += is_expired(e->v.v[i], not_before);
	return n;
}

static bool forget_expired(struct examples *e, int64_t not_before)
{
	bool any = false;

	for (size_t i = 0; i < e->v.n; i++) {
		if (!is_expired(e->v.v[i], not_before))
			continue;
		e->v.v[i]->kind = EXAMPLE_FORGOTTEN;
		any = true;
	}
	return any;
}

bool examples_trim(struct examples *e, int64_t not_before)
{
	bool old = forget_expired(e, not_before);
	bool good = forget_oldest(e, EXAMPLE_GOOD), bad = forget_oldest(e, EXAMPLE_BAD);
	size_t live = examples_count(e, EXAMPLE_GOOD) + examples_count(e, EXAMPLE_BAD);

	return old || good || bad || e->records - live > live + USELESS_MIN ||
	       e->sound > EXAMPLES_MAX_BYTES / 2;
}

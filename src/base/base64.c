#include "base/base64.h"

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

enum { FOREIGN = 64 };

/* The value of each ASCII character, or FOREIGN. */
/* clang-format off */
static const uint8_t values[128] = {
	64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64,
	64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64,
	64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 62, 64, 64, 64, 63,
	52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 64, 64, 64, 64, 64, 64,
	64,  0,  1,  2,  3,  4,  5,  6,  7,  8,  9, 10, 11, 12, 13, 14,
	15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 64, 64, 64, 64, 64,
	64, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40,
	41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, 64, 64, 64, 64, 64,
};
/* clang-format on */

static unsigned value_of(char c)
{
	return (unsigned char)c < sizeof(values) ? values[(unsigned char)c] : FOREIGN;
}

void base64_encode(struct strbuf *out, str in)
{
	for (size_t i = 0; i < in.n; i += 3) {
		size_t left = in.n - i;
		uint32_t v = (uint32_t)(unsigned char)in.p[i] << 16;
		char four[4];

		if (left > 1)
			v |= (uint32_t)(unsigned char)in.p[i + 1] << 8;
		if (left > 2)
			v |= (unsigned char)in.p[i + 2];
		four[0] = alphabet[v >> 18];
		four[1] = alphabet[v >> 12 & 63];
		four[2] = left > 1 ? alphabet[v >> 6 & 63] : '=';
		four[3] = left > 2 ? alphabet[v & 63] : '=';
		strbuf_put(out, str_of(four, 4));
	}
}

/* Decoded bytes on their way to out, so that it is asked once a chunk. */
struct chunk {
	struct strbuf *out;
	char bytes[3 * 1024];
	size_t n;
};

static void flush(struct chunk *c)
{
	strbuf_put(c->out, str_of(c->bytes, c->n));
	c->n = 0;
}

/* The bytes of a group of n sextets (2..4) held in v. */
static void put_group(struct chunk *c, uint32_t v, unsigned n)
{
	if (c->n + 3 > sizeof(c->bytes))
		flush(c);
	v <<= 6 * (4 - n);
	c->bytes[c->n] = (char)(v >> 16);
	c->bytes[c->n + 1] = (char)(v >> 8);
	c->bytes[c->n + 2] = (char)v;
	c->n += n - 1;
}

bool base64_decode(struct strbuf *out, str in)
{
	struct chunk chunk;
	size_t pad = 0;

	if (in.n % 4)
		return false;
	if (in.n && in.p[in.n - 1] == '=')
		pad = in.p[in.n - 2] == '=' ? 2 : 1;
	for (size_t i = 0; i < in.n - pad; i++) {
		if (value_of(in.p[i]) == FOREIGN)
			return false;
	}
	if (pad) {
		/* The bits that padding cuts off must be zero: one text per value. */
		unsigned last = value_of(in.p[in.n - 1 - pad]);

		if (last & (pad == 1 ? 3 : 15))
			return false;
	}
	chunk.out = out;
	chunk.n = 0;
	for (size_t i = 0; i < in.n; i += 4) {
		unsigned n = i + 4 == in.n ? 4 - (unsigned)pad : 4;
		uint32_t v = 0;

		for (unsigned k = 0; k < n; k++)
			v = v << 6 | value_of(in.p[i + k]);
		put_group(&chunk, v, n);
	}
	flush(&chunk);
	return true;
}

/* Whole groups without anything foreign, from offset i: where they end. */
static size_t put_clean_groups(struct chunk *c, str in, size_t i)
{
	for (; i + 4 <= in.n; i += 4) {
		unsigned a = value_of(in.p[i]), b = value_of(in.p[i + 1]);
		unsigned d = value_of(in.p[i + 2]), e = value_of(in.p[i + 3]);

		if ((a | b | d | e) & FOREIGN)
			break;
		put_group(c, a << 18 | b << 12 | d << 6 | e, 4);
	}
	return i;
}

void base64_decode_lenient(struct strbuf *out, str in, struct base64_seen *ret_seen)
{
	struct base64_seen seen = { 0 };
	struct chunk chunk;
	bool padded = false;
	uint32_t v = 0;
	unsigned n = 0;

	strbuf_reserve(out, in.n / 4 * 3 + 3);
	chunk.out = out;
	chunk.n = 0;
	for (size_t i = 0; i < in.n; i++) {
		unsigned six;

		if (n == 0 && !padded) {
			i = put_clean_groups(&chunk, in, i);
			if (i == in.n)
				break;
		}
		six = value_of(in.p[i]);
		if (in.p[i] == '=') {
			if (n >= 2)
				put_group(&chunk, v, n);
			padded = true;
			v = n = 0;
			continue;
		}
		if (six == FOREIGN) {
			seen.foreign += !str_is_space(in.p[i]);
			continue;
		}
		seen.data_after_pad |= padded;
		v = v << 6 | six;
		if (++n == 4) {
			put_group(&chunk, v, 4);
			v = n = 0;
		}
	}
	if (n >= 2)
		put_group(&chunk, v, n);
	flush(&chunk);
	seen.truncated = n != 0;
	*ret_seen = seen;
}

/* One group of four on its way: its bits, places taken, and those that hold data. */
struct group {
	uint32_t v;
	unsigned places, data;
};

static void end_group(struct chunk *c, struct group *g)
{
	if (g->data >= 2)
		put_group(c, g->v, g->data);
	*g = (struct group){ 0 };
}

static unsigned value_by(char c, bool url)
{
	if (url && c == '-')
		return 62;
	return url && c == '_' ? 63 : value_of(c);
}

/* False: the data ends here. */
static bool put_pad(struct group *g, enum base64_pad pad)
{
	if (pad == BASE64_PAD_STOP)
		return false;
	g->places += pad != BASE64_PAD_SKIP;
	if (pad == BASE64_PAD_ZERO) {
		g->v <<= 6;
		g->data++;
	}
	return true;
}

void base64_decode_way(struct strbuf *out, str in, struct base64_way way)
{
	struct chunk chunk = { .out = out };
	struct group g = { 0 };

	strbuf_reserve(out, in.n / 4 * 3 + 3);
	for (size_t i = 0; i < in.n; i++) {
		unsigned six = value_by(in.p[i], way.url);

		if (in.p[i] == '\n' && way.lines)
			g = (struct group){ 0 };
		if (six != FOREIGN) {
			g.v = g.v << 6 | six;
			g.places++;
			g.data++;
		} else if (in.p[i] == '=') {
			if (!put_pad(&g, way.pad))
				break;
		} else if (!str_is_space(in.p[i])) {
			if (way.foreign == BASE64_FOREIGN_STOP)
				break;
			while (way.foreign == BASE64_FOREIGN_LINE && i + 1 < in.n &&
			       in.p[i + 1] != '\n')
				i++;
		}
		if (g.places == 4)
			end_group(&chunk, &g);
	}
	end_group(&chunk, &g);
	flush(&chunk);
}

#include "base/base64.h"

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

enum { FOREIGN = 64 };

static unsigned value_of(char c)
{
	if (c >= 'A' && c <= 'Z')
		return (unsigned)(c - 'A');
	if (c >= 'a' && c <= 'z')
		return (unsigned)(c - 'a' + 26);
	if (c >= '0' && c <= '9')
		return (unsigned)(c - '0' + 52);
	if (c == '+')
		return 62;
	if (c == '/')
		return 63;
	return FOREIGN;
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

/* The bytes of a group of n sextets (2..4) held in v. */
static void put_group(struct strbuf *out, uint32_t v, unsigned n)
{
	char bytes[3];

	v <<= 6 * (4 - n);
	bytes[0] = (char)(v >> 16);
	bytes[1] = (char)(v >> 8);
	bytes[2] = (char)v;
	strbuf_put(out, str_of(bytes, n - 1));
}

bool base64_decode(struct strbuf *out, str in)
{
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
	for (size_t i = 0; i < in.n; i += 4) {
		unsigned n = i + 4 == in.n ? 4 - (unsigned)pad : 4;
		uint32_t v = 0;

		for (unsigned k = 0; k < n; k++)
			v = v << 6 | value_of(in.p[i + k]);
		put_group(out, v, n);
	}
	return true;
}

void base64_decode_lenient(struct strbuf *out, str in, struct base64_seen *ret_seen)
{
	struct base64_seen seen = { 0 };
	bool padded = false;
	uint32_t v = 0;
	unsigned n = 0;

	for (size_t i = 0; i < in.n; i++) {
		unsigned six = value_of(in.p[i]);

		if (in.p[i] == '=') {
			if (n >= 2)
				put_group(out, v, n);
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
			put_group(out, v, 4);
			v = n = 0;
		}
	}
	if (n >= 2)
		put_group(out, v, n);
	seen.truncated = n != 0;
	*ret_seen = seen;
}

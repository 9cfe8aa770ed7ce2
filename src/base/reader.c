#include "base/reader.h"

str reader_bytes(struct reader *r, size_t n)
{
	str s;

	if (r->bad || n > r->in.n - r->at) {
		r->bad = true;
		return STR_NULL;
	}
	s = str_of(r->in.p + r->at, n);
	r->at += n;
	return s;
}

static uint64_t number(struct reader *r, size_t n, bool big_endian)
{
	str s = reader_bytes(r, n);
	uint64_t v = 0;

	for (size_t i = 0; i < s.n; i++) {
		size_t at = big_endian ? i : s.n - 1 - i;

		v = v << 8 | (unsigned char)s.p[at];
	}
	return v;
}

uint8_t reader_u8(struct reader *r)
{
	return (uint8_t)number(r, 1, false);
}

uint16_t reader_u16le(struct reader *r)
{
	return (uint16_t)number(r, 2, false);
}

uint32_t reader_u32le(struct reader *r)
{
	return (uint32_t)number(r, 4, false);
}

uint64_t reader_u64le(struct reader *r)
{
	return number(r, 8, false);
}

uint16_t reader_u16be(struct reader *r)
{
	return (uint16_t)number(r, 2, true);
}

uint32_t reader_u32be(struct reader *r)
{
	return (uint32_t)number(r, 4, true);
}

str reader_lstr(struct reader *r, size_t max)
{
	uint32_t n = reader_u32le(r);

	if (n > max) {
		r->bad = true;
		return STR_NULL;
	}
	return reader_bytes(r, n);
}

void reader_skip(struct reader *r, size_t n)
{
	(void)reader_bytes(r, n);
}

void reader_seek(struct reader *r, size_t at)
{
	if (at > r->in.n)
		r->bad = true;
	else
		r->at = at;
}

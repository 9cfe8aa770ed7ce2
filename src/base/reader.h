/* base/reader.h - a cursor over hostile binary data with a sticky error.
 *
 * Every read past the end sets bad and answers 0 or an empty slice; so a parser
 * reads straight on and checks bad once, before it believes anything.
 *
 * Input    hostile.   Memory  slices borrow from the input.
 * Limits   never reads past the end.   Threads  one at a time.   Errors  bad.
 */
#ifndef BASE_READER_H
#define BASE_READER_H

#include "base/str.h"

struct reader {
	str in;
	size_t at;
	bool bad;
};

static inline struct reader reader_make(str in)
{
	return (struct reader){ .in = in };
}

static inline size_t reader_left(const struct reader *r)
{
	return r->bad ? 0 : r->in.n - r->at;
}

uint8_t reader_u8(struct reader *r);
uint16_t reader_u16le(struct reader *r);
uint32_t reader_u32le(struct reader *r);
uint64_t reader_u64le(struct reader *r);
uint16_t reader_u16be(struct reader *r);
uint32_t reader_u32be(struct reader *r);
str reader_bytes(struct reader *r, size_t n);
/* A u32le length, then that many bytes; bad when the length is above max. */
str reader_lstr(struct reader *r, size_t max);
void reader_skip(struct reader *r, size_t n);
void reader_seek(struct reader *r, size_t at);

#endif

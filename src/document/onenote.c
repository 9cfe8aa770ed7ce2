#include "document/onenote.h"

#include "base/reader.h"

bool onenote_next(str in, size_t *at, str *ret_file)
{
	/* {BDE316E7-2665-4511-A4C4-8D4D0B7A9EAC} */
	static const str mark = { "\xe7\x16\xe3\xbd\x65\x26\x11\x45"
				  "\xa4\xc4\x8d\x4d\x0b\x7a\x9e\xac",
				  16 };
	size_t found = str_find(str_skip(in, *at), mark);
	struct reader r;
	uint64_t n;

	if (found == STR_NONE)
		return false;
	*at += found + mark.n;
	r = reader_make(str_skip(in, *at));
	n = reader_u64le(&r);
	reader_skip(&r, 12);
	*ret_file = reader_bytes(&r, n < reader_left(&r) ? (size_t)n : reader_left(&r));
	return !r.bad;
}

#include "document/unzlib.h"

#include "base/reader.h"
#include "base/strbuf.h"

#include <zlib.h>

enum { CHUNK = 16 << 10, HEADER_END_AT = 0x1e, HEADER_REST = 46, USUAL_HEADER = 50 };

str unzlib_all(struct arena *a, str packed, size_t max, bool *ret_whole)
{
	struct strbuf out = strbuf_make(a, max);
	z_stream z = { .next_in = (Bytef *)(uintptr_t)packed.p, .avail_in = (uInt)packed.n };
	Bytef chunk[CHUNK];
	int r = inflateInit(&z);

	bug_if(r != Z_OK);
	while (r == Z_OK && !out.overflow) {
		z.next_out = chunk;
		z.avail_out = sizeof(chunk);
		r = inflate(&z, Z_NO_FLUSH);
		strbuf_put(&out, str_of(chunk, sizeof(chunk) - z.avail_out));
	}
	(void)inflateEnd(&z);
	*ret_whole = r == Z_STREAM_END;
	return strbuf_str(&out);
}

/* The header states the length of its rest; some writers do not care. */
str unzlib_activemime(struct arena *a, str in, size_t max, bool *ret_whole)
{
	struct reader r = reader_make(in);
	str data;

	reader_seek(&r, HEADER_END_AT);
	data = unzlib_all(a, str_skip(in, (size_t)reader_u16le(&r) + HEADER_REST), max, ret_whole);
	return data.n ? data : unzlib_all(a, str_skip(in, USUAL_HEADER), max, ret_whole);
}

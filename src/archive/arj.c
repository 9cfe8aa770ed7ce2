#include "archive/arj.h"

#include "base/reader.h"
#include "base/strbuf.h"

enum {
	MARK = 0xea60,
	HEADER_MAX = 2600,
	FLAG_GARBLED = 1,
	FLAG_VOLUME = 4, /* goes on in the next file */
	TYPE_BINARY = 0,
	TYPE_TEXT = 1,
	LHA_HEADER = 24, /* level 0, without the name */
};

static str until_nul(str s)
{
	return str_sub(s, 0, str_chr(s, '\0') == STR_NONE ? s.n : str_chr(s, '\0'));
}

/* A header with its extended ones; false where none is. */
static bool read_header(struct reader *r, str *ret_header)
{
	uint32_t mark = reader_u16le(r), size = reader_u16le(r), extended;

	if (r->bad || mark != MARK || size == 0 || size > HEADER_MAX)
		return false;
	*ret_header = reader_bytes(r, size);
	reader_skip(r, 4); /* its check sum */
	while ((extended = reader_u16le(r)) != 0 && !r->bad)
		reader_skip(r, extended + 4);
	return !r->bad;
}

/* The last header is empty. */
static bool is_end(struct reader r)
{
	return reader_u16le(&r) == MARK && reader_u16le(&r) == 0 && !r.bad;
}

static bool read_member(str header, struct reader *after, struct arj_member *ret)
{
	struct reader r = reader_make(header);
	uint8_t first = reader_u8(&r), flags, type;
	uint32_t packed;

	reader_skip(&r, 3);
	flags = reader_u8(&r);
	ret->method = reader_u8(&r);
	type = reader_u8(&r);
	reader_skip(&r, 5);
	packed = reader_u32le(&r);
	ret->size = reader_u32le(&r);
	ret->crc = reader_u32le(&r);
	ret->name = until_nul(str_skip(header, first));
	ret->encrypted = flags & FLAG_GARBLED;
	ret->is_cut = flags & FLAG_VOLUME;
	ret->is_file = type == TYPE_BINARY || type == TYPE_TEXT;
	ret->data = reader_bytes(after, packed);
	return !r.bad && !after->bad;
}

bool arj_next(str bytes, size_t *at, struct arj_member *ret, bool *ret_broken)
{
	struct reader r = reader_make(bytes);
	str header;

	*ret_broken = false;
	reader_seek(&r, *at);
	if (*at == 0 && !read_header(&r, &header)) /* of the archive itself */
		return false;
	if (is_end(r))
		return false;
	if (!read_header(&r, &header) || !read_member(header, &r, ret)) {
		*ret_broken = true;
		return false;
	}
	*at = r.at;
	return true;
}

str arj_as_lha(struct arena *a, const struct arj_member *m)
{
	struct strbuf b = strbuf_make(a, LHA_HEADER + 1 + m->data.n + 1);
	uint8_t sum = 0;

	strbuf_put(&b, STR("\x17\0-lh7-")); /* bytes behind the first two; their sum */
	strbuf_le(&b, (uint32_t)m->data.n, 4);
	strbuf_le(&b, m->size, 4);
	strbuf_le(&b, 0, 4);		    /* time */
	strbuf_put(&b, STR("\x20\0\x01m")); /* attribute, level, name */
	strbuf_put(&b, STR("\0\0"));	    /* CRC-16 */
	for (size_t i = 2; i < b.n; i++)
		sum = (uint8_t)(sum + (uint8_t)b.p[i]);
	b.p[1] = (char)sum;
	strbuf_put(&b, m->data);
	strbuf_char(&b, '\0'); /* end of the archive */
	return strbuf_str(&b);
}

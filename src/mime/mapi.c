#include "mime/mapi.h"

enum { MULTIPLE = 0x1000, FIRST_NAMED = 0x8000, NAMED_BY_STRING = 1, GUID = 16 };

struct mapi mapi_make(str list)
{
	struct mapi m = { .reader = reader_make(list) };

	m.left = reader_u32le(&m.reader);
	return m;
}

/* Everything is padded to four bytes. */
static str padded(struct reader *r, size_t size)
{
	str value = reader_bytes(r, size);
	size_t pad = -size & 3;

	reader_skip(r, pad < reader_left(r) ? pad : reader_left(r));
	return value;
}

/* Bytes of a value, 0 when it says so itself, SIZE_MAX for a type nobody knows. */
static size_t size_of(unsigned type)
{
	switch (type) {
	case 0x02: /* integers of 16 bits and Booleans, padded */
	case 0x0b:
	case 0x03:
	case 0x04:
	case 0x0a:
		return 4;
	case 0x05:
	case 0x06:
	case 0x07:
	case 0x14:
	case 0x40:
		return 8;
	case 0x48:
		return GUID;
	case MAPI_STRING8:
	case MAPI_STRING:
	case MAPI_OBJECT:
	case MAPI_BINARY:
		return 0;
	default:
		return SIZE_MAX;
	}
}

static void skip_name(struct reader *r)
{
	reader_skip(r, GUID);
	if (reader_u32le(r) == NAMED_BY_STRING)
		(void)padded(r, reader_u32le(r));
	else
		reader_skip(r, 4);
}

bool mapi_next(struct mapi *m, struct mapi_property *ret)
{
	struct reader *r = &m->reader;
	struct mapi_property p = { 0 };
	uint32_t values = 1;
	size_t size;

	if (!m->left || r->bad || !reader_left(r))
		return false;
	m->left--;
	p.type = reader_u16le(r);
	p.id = reader_u16le(r);
	if (p.id >= FIRST_NAMED)
		skip_name(r);
	size = size_of(p.type & ~(unsigned)MULTIPLE);
	r->bad |= size == SIZE_MAX;
	if (!size || p.type & MULTIPLE)
		values = reader_u32le(r);
	for (uint32_t i = 0; i < values && !r->bad; i++) {
		str value = padded(r, size ? size : reader_u32le(r));

		if (i == 0)
			p.value = value;
	}
	*ret = p;
	return !r->bad;
}

#include "archive/ace.h"

#include "base/reader.h"

enum {
	TYPE_FILE = 1,
	FLAG_HAS_DATA = 1,
	FLAG_PASSWORD = 0x4000,
	COMPRESSION_STORED = 0,
	BLOCKS_MAX = 100000,
};

static bool read_file(str header, uint16_t flags, struct ace_member *ret)
{
	struct reader r = reader_make(header);

	reader_skip(&r, 20); /* sizes, time, attributes, check sum */
	ret->is_stored = reader_u8(&r) == COMPRESSION_STORED;
	reader_skip(&r, 5);
	ret->name = reader_bytes(&r, reader_u16le(&r));
	ret->encrypted = flags & FLAG_PASSWORD;
	return !r.bad;
}

bool ace_next(str bytes, size_t *at, struct ace_member *ret)
{
	struct reader r = reader_make(bytes);

	reader_seek(&r, *at);
	for (int i = 0; i < BLOCKS_MAX; i++) {
		uint16_t size, flags;
		uint8_t type;
		str header;

		reader_skip(&r, 2); /* check sum */
		size = reader_u16le(&r);
		type = reader_u8(&r);
		flags = reader_u16le(&r);
		if (size < 3)
			return false;
		header = reader_bytes(&r, size - 3U);
		if (r.bad)
			return false;
		ret->data = STR_NULL;
		if (flags & FLAG_HAS_DATA) {
			struct reader h = reader_make(header);

			ret->data = reader_bytes(&r, reader_u32le(&h));
		}
		if (r.bad)
			return false;
		*at = r.at;
		if (type == TYPE_FILE)
			return read_file(header, flags, ret);
	}
	return false;
}

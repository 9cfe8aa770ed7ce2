#include "archive/rar.h"

#include "base/reader.h"

enum {
	BLOCKS_MAX = 100000,
	/* RAR 4 */
	FOUR_MAIN = 0x73,
	FOUR_FILE = 0x74,
	FOUR_MAIN_ENCRYPTED = 0x80,
	FOUR_FILE_ENCRYPTED = 4,
	FOUR_FILE_LARGE = 0x100,
	FOUR_HAS_DATA = 0x8000,
	/* RAR 5 */
	FIVE_FILE = 2,
	FIVE_ENCRYPTION = 4,
	FIVE_HAS_EXTRA = 1,
	FIVE_HAS_DATA = 2,
	FIVE_FILE_HAS_TIME = 2,
	FIVE_FILE_HAS_CRC = 4,
	FIVE_EXTRA_ENCRYPTION = 1,
};

bool rar_open(str bytes, struct rar *ret)
{
	*ret = (struct rar){ .bytes = bytes };
	ret->is_five = str_starts(bytes, STR("Rar!\x1a\x07\x01\0"));
	ret->at = ret->is_five ? 8 : 7;
	return ret->is_five || str_starts(bytes, STR("Rar!\x1a\x07\0"));
}

static bool read_four_file(struct reader *r, uint16_t flags, struct rar_member *ret)
{
	size_t name_n;

	reader_skip(r, 19);
	name_n = reader_u16le(r);
	reader_skip(r, 4U + (flags & FOUR_FILE_LARGE ? 8U : 0U));
	ret->name = reader_bytes(r, name_n);
	if (str_chr(ret->name, '\0') != STR_NONE) /* the rest is the name in UTF-16, packed */
		ret->name = str_sub(ret->name, 0, str_chr(ret->name, '\0'));
	ret->encrypted = flags & FOUR_FILE_ENCRYPTED;
	return !r->bad;
}

/* One block; *ret_is_member when it is a file's. */
static bool next_four(struct rar *rar, struct rar_member *ret, bool *ret_is_member)
{
	struct reader r = reader_make(rar->bytes), h;
	uint16_t flags, size;
	uint64_t data = 0;
	uint8_t type;

	reader_seek(&r, rar->at);
	reader_skip(&r, 2);
	type = reader_u8(&r);
	flags = reader_u16le(&r);
	size = reader_u16le(&r);
	h = r;
	if (r.bad || size < 7)
		return false;
	if (flags & FOUR_HAS_DATA)
		data = reader_u32le(&h);
	if (type == FOUR_FILE && flags & FOUR_FILE_LARGE) {
		struct reader high = r;

		reader_skip(&high, 25);
		data |= (uint64_t)reader_u32le(&high) << 32;
	}
	if (type == FOUR_MAIN && flags & FOUR_MAIN_ENCRYPTED)
		rar->headers_encrypted = true;
	if (type == FOUR_FILE) {
		struct reader file = r;

		*ret_is_member = read_four_file(&file, flags, ret);
	}
	if (size - 7U > reader_left(&r) || data > reader_left(&r) - (size - 7U))
		rar->at = rar->bytes.n;
	else
		rar->at += size + (size_t)data;
	return !rar->headers_encrypted;
}

/* Seven bits a byte, the lowest first; the eighth says that more follow. */
static uint64_t read_vint(struct reader *r)
{
	uint64_t value = 0;

	for (int i = 0; i < 10; i++) {
		uint8_t byte = reader_u8(r);

		value |= (uint64_t)(byte & 0x7f) << (7 * i);
		if (!(byte & 0x80))
			return value;
	}
	r->bad = true;
	return 0;
}

static bool has_encryption(str extra)
{
	struct reader r = reader_make(extra);

	while (reader_left(&r)) {
		uint64_t size = read_vint(&r);
		struct reader record =
			reader_make(reader_bytes(&r, size < extra.n ? size : extra.n));

		if (read_vint(&record) == FIVE_EXTRA_ENCRYPTION && !record.bad)
			return true;
	}
	return false;
}

static bool read_five_file(struct reader *r, str extra, struct rar_member *ret)
{
	uint64_t flags = read_vint(r), name_n;

	(void)read_vint(r);
	(void)read_vint(r);
	reader_skip(r,
		    (flags & FIVE_FILE_HAS_TIME ? 4U : 0U) + (flags & FIVE_FILE_HAS_CRC ? 4U : 0U));
	(void)read_vint(r);
	(void)read_vint(r);
	name_n = read_vint(r);
	ret->name = reader_bytes(r, name_n < r->in.n ? name_n : r->in.n);
	ret->encrypted = has_encryption(extra);
	return !r->bad;
}

static bool next_five(struct rar *rar, struct rar_member *ret, bool *ret_is_member)
{
	struct reader r = reader_make(rar->bytes), h;
	uint64_t size, type, flags, extra_n = 0, data = 0;
	str header;

	reader_seek(&r, rar->at);
	reader_skip(&r, 4);
	size = read_vint(&r);
	header = reader_bytes(&r, size < rar->bytes.n ? size : rar->bytes.n);
	h = reader_make(header);
	type = read_vint(&h);
	flags = read_vint(&h);
	if (flags & FIVE_HAS_EXTRA)
		extra_n = read_vint(&h);
	if (flags & FIVE_HAS_DATA)
		data = read_vint(&h);
	if (r.bad || h.bad || extra_n > header.n)
		return false;
	rar->headers_encrypted = type == FIVE_ENCRYPTION;
	if (type == FIVE_FILE)
		*ret_is_member = read_five_file(&h, str_skip(header, header.n - extra_n), ret);
	rar->at = data < reader_left(&r) ? r.at + (size_t)data : rar->bytes.n;
	return !rar->headers_encrypted;
}

bool rar_next(struct rar *r, struct rar_member *ret)
{
	for (int i = 0; i < BLOCKS_MAX && r->at < r->bytes.n && !r->headers_encrypted; i++) {
		bool is_member = false;

		if (!(r->is_five ? next_five : next_four)(r, ret, &is_member))
			return false;
		if (is_member)
			return true;
	}
	return false;
}

bool rar_is_encrypted(str bytes)
{
	struct rar_member m;
	struct rar r;

	if (!rar_open(bytes, &r))
		return false;
	while (rar_next(&r, &m)) {
		if (m.encrypted)
			return true;
	}
	return r.headers_encrypted;
}

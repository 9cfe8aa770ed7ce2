#include "document/biffcrypt.h"

#include "archive/officerc4.h"
#include "base/reader.h"

enum record {
	FILEPASS = 0x2f,
	INTERFACE_HEADER = 0xe1,
	BOUNDSHEET = 0x85,
	BOF = 0x809,
	USERS_EXCLUSIVE = 0x194,
	FILE_LOCK = 0x195,
	REVISION_INFO = 0x196,
	REVISION_HEADER = 0x138,
};

enum { BLOCK = 1024, HEAD = 4, BY_RC4 = 1, SHEET_POSITION = 4 };

/* 2.2.10: these records are never encrypted, nor is where a sheet begins. */
static size_t clear_bytes(uint32_t id, size_t n)
{
	switch (id) {
	case BOF:
	case FILEPASS:
	case INTERFACE_HEADER:
	case USERS_EXCLUSIVE:
	case FILE_LOCK:
	case REVISION_INFO:
	case REVISION_HEADER:
		return n;
	case BOUNDSHEET:
		return n < SHEET_POSITION ? n : SHEET_POSITION;
	default:
		return 0;
	}
}

/* The data of FILEPASS behind its type; *ret_at is where the record begins. */
static bool find_filepass(str stream, str *ret, size_t *ret_at)
{
	struct reader r = reader_make(stream);

	for (int i = 0; i < BIFFCRYPT_RECORDS && reader_left(&r) >= HEAD; i++) {
		size_t at = r.at;
		uint32_t id = reader_u16le(&r);
		str data = reader_bytes(&r, reader_u16le(&r));

		if (r.bad)
			return false;
		if (id != FILEPASS)
			continue;
		*ret = str_skip(data, 2);
		*ret_at = at;
		return data.n > 2 && data.p[0] == BY_RC4 && data.p[1] == 0;
	}
	return false;
}

/* The keystream runs on under all bytes of the stream, those that are clear included. */
static void decrypt(const struct officerc4 *c, char *bytes, size_t from, size_t to)
{
	unsigned char stream[BLOCK];

	while (from < to) {
		size_t block = from / BLOCK, end = (block + 1) * BLOCK;

		end = end < to ? end : to;
		officerc4_stream(c, (uint32_t)block, stream, end - block * BLOCK);
		for (; from < end; from++)
			bytes[from] = (char)(bytes[from] ^ stream[from - block * BLOCK]);
	}
}

bool biffcrypt_is_locked(str stream)
{
	size_t at;
	str filepass;

	return find_filepass(stream, &filepass, &at);
}

bool biffcrypt_open(struct arena *a, str stream, str password, str *ret)
{
	struct reader r = reader_make(stream);
	struct officerc4 cipher;
	size_t at;
	str filepass;
	char *plain;

	if (!find_filepass(stream, &filepass, &at) ||
	    !officerc4_open(a, filepass, password, &cipher))
		return false;
	plain = arena_alloc(a, stream.n);
	memcpy(plain, stream.p, stream.n);
	while (reader_left(&r) >= HEAD) {
		size_t begin = r.at + HEAD;
		uint32_t id = reader_u16le(&r);
		size_t n = reader_u16le(&r);

		reader_skip(&r, n);
		if (r.bad)
			break;
		if (begin > at)
			decrypt(&cipher, plain, begin + clear_bytes(id, n), begin + n);
		/* No FILEPASS any more; a second one means nothing. */
		if (id == FILEPASS)
			memset(plain + begin - HEAD, 0, 2);
	}
	*ret = str_of(plain, stream.n);
	return true;
}

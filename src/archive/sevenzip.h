/* archive/sevenzip.h - a 7z archive without its encryption (7zFormat.txt of the LZMA SDK).
 *
 * libarchive reads 7z, but not what is encrypted. The header is taken apart, what is
 * AES-encrypted is decrypted, and an archive is written that says the same without AES.
 *
 * Input    hostile.   Memory  the arena.
 * Limits   SEVENZIP_ITEMS_MAX folders and streams, SEVENZIP_CODERS_MAX coders of a folder,
 *          SEVENZIP_HEADER_MAX bytes of unpacked header, *effort blocks of hashing.
 * Threads  pure.      Errors  false: no such archive, wrong password, or a form unknown here.
 */
#ifndef ARCHIVE_SEVENZIP_H
#define ARCHIVE_SEVENZIP_H

#include "base/arena.h"

enum {
	SEVENZIP_ITEMS_MAX = 10000,
	SEVENZIP_CODERS_MAX = 8,
	SEVENZIP_HEADER_MAX = 8 << 20,
};

struct sevenzip_coder {
	str id, properties;
	bool complex; /* more than one stream in or out */
	uint32_t in_n, out_n;
};

struct sevenzip_bind {
	uint32_t in, out;
};

/* Coders in a row: each takes what another gives, or packed streams. */
struct sevenzip_folder {
	struct sevenzip_coder coders[SEVENZIP_CODERS_MAX];
	struct sevenzip_bind binds[SEVENZIP_CODERS_MAX * 4];
	uint32_t packed[SEVENZIP_CODERS_MAX * 4]; /* inputs that are packed streams */
	uint64_t sizes[SEVENZIP_CODERS_MAX * 4];  /* of what each output gives */
	uint32_t coders_n, binds_n, packed_n, in_n, out_n;
	bool has_crc;
	uint32_t crc;
};

struct sevenzip_streams {
	uint64_t at; /* of the first packed stream, behind the signature header */
	ARENA_VEC(uint64_t) packs;
	ARENA_VEC(struct sevenzip_folder) folders;
	str rest; /* of the header, from behind the folders */
};

/* True also when only the header is encrypted. */
bool sevenzip_is_encrypted(struct arena *a, str bytes) must_use;
/* password is UTF-8. *effort falls by the blocks that were hashed. */
bool sevenzip_decrypt(struct arena *a, str bytes, str password, uint64_t *effort, str *ret)
	must_use;

#endif

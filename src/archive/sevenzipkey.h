/* archive/sevenzipkey.h - 7z's AES-256 in CBC mode, its key from many rounds of SHA-256.
 *
 * Input    hostile: properties of a coder, packed bytes, a password in UTF-8.
 * Memory   the arena.   Limits  2^SEVENZIPKEY_POWER_MAX rounds, *effort.
 * Threads  pure.        Errors  false.
 */
#ifndef ARCHIVE_SEVENZIPKEY_H
#define ARCHIVE_SEVENZIPKEY_H

#include "base/arena.h"

enum { SEVENZIPKEY_POWER_MAX = 20 };

/* Folders of one archive share their salt: the last key is kept. */
struct sevenzipkey {
	str password; /* UTF-16LE */
	str salt;
	uint8_t power;
	bool known;
	uint8_t key[32];
};

struct sevenzipkey sevenzipkey_make(struct arena *a, str password) must_use;
bool sevenzipkey_decrypt(struct arena *a, struct sevenzipkey *k, str properties, str packed,
			 uint64_t *effort, str *ret) must_use;

#endif

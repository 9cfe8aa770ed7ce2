/* archive/officerc4.h - the RC4 of old Office files: from a password to the keystream of each block
 * (MS-OFFCRYPTO 2.3.5 CryptoAPI, 2.3.6 RC4).
 *
 * Input    hostile: the encryption header, from its version on; a password in UTF-8.
 * Memory   the arena.   Limits  linear in what is asked for.
 * Threads  pure.        Errors  false: wrong password, or a form unknown here.
 */
#ifndef ARCHIVE_OFFICERC4_H
#define ARCHIVE_OFFICERC4_H

#include "base/arena.h"

struct officerc4 {
	bool crypto_api; /* SHA-1, not MD5 */
	unsigned key_n;
	unsigned char base[20]; /* what the keys of all blocks are made from */
};

bool officerc4_open(struct arena *a, str header, str password, struct officerc4 *ret) must_use;
/* The first n bytes of the keystream of a block. */
void officerc4_stream(const struct officerc4 *c, uint32_t block, unsigned char *out, size_t n);

#endif

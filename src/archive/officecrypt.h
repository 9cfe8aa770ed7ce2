/* archive/officecrypt.h - a protected Office document without its encryption (MS-OFFCRYPTO
 * 2.3.4.5 standard, 2.3.4.10 agile).
 *
 * Input    hostile: the streams EncryptionInfo and EncryptedPackage, a password in UTF-8.
 * Memory   the arena.   Limits  OFFICECRYPT_SPIN_MAX rounds, *effort blocks of hashing.
 * Threads  pure.        Errors  false: wrong password, or a form unknown here.
 */
#ifndef ARCHIVE_OFFICECRYPT_H
#define ARCHIVE_OFFICECRYPT_H

#include "base/arena.h"

enum { OFFICECRYPT_SPIN_MAX = 1000000 };

/* What Excel tries before it asks. */
#define OFFICECRYPT_DEFAULT_PASSWORD "VelvetSweatshop"

bool officecrypt_open(struct arena *a, str info, str package, str password, uint64_t *effort,
		      str *ret) must_use;

#endif

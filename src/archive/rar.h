/* archive/rar.h - what is encrypted in a RAR archive, and its members' names (RAR 4 as its
 * technote.txt says, RAR 5.0 archive format).
 *
 * Input    hostile.   Memory  names point into the input.
 * Limits   linear.    Threads  pure.
 * Errors   rar_next false at the end, or where the headers are encrypted or damaged.
 */
#ifndef ARCHIVE_RAR_H
#define ARCHIVE_RAR_H

#include "base/str.h"

struct rar_member {
	str name;
	bool encrypted;
};

struct rar {
	str bytes;
	size_t at;
	bool is_five;
	bool headers_encrypted; /* not even the names can be read */
};

/* False: no RAR archive. */
bool rar_open(str bytes, struct rar *ret) must_use;
bool rar_next(struct rar *r, struct rar_member *ret) must_use;
/* Any member, or the headers. */
bool rar_is_encrypted(str bytes) must_use;

#endif

/* relay/maildirname.h - file names for parts of hostile addresses.
 *
 * Letters, digits and "_", "-", "+", "=", "@", and "." except at the start stay; every
 * other byte becomes %XX. Two different inputs never give the same name, and no name is
 * ".", "..", hidden, or holds a slash.
 *
 * Input    hostile.   Memory  by value.   Limits  MAILDIRNAME_MAX bytes of name.
 * Threads  pure.      Errors  false: empty or too long.
 */
#ifndef RELAY_MAILDIRNAME_H
#define RELAY_MAILDIRNAME_H

#include "base/strbuf.h"

enum { MAILDIRNAME_MAX = 200 }; /* file systems take 255 */

struct maildir_name {
	char text[MAILDIRNAME_MAX + 1];
};

bool maildirname_encode(str s, struct maildir_name *ret) must_use;
/* What was encoded; false when no encode gives that name. */
bool maildirname_decode(struct strbuf *out, str name) must_use;

#endif

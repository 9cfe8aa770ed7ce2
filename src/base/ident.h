/* base/ident.h - identifiers of sessions and messages: sortable by time, impossible to
 * guess, safe in a file name, a header field and an SMTP reply.
 *
 * Limits   IDENT_LEN characters of 0-9 and a-z without i, l, o, u.
 * Threads  any.   Errors  cannot fail.
 */
#ifndef BASE_IDENT_H
#define BASE_IDENT_H

#include "base/str.h"

enum { IDENT_LEN = 22 }; /* 9 for milliseconds since 1970, 13 for 65 random bits */

struct ident {
	char text[IDENT_LEN];
};

struct ident ident_make(int64_t wall_ms) must_use;

static inline str ident_str(const struct ident *i)
{
	return str_of(i->text, IDENT_LEN);
}

#endif

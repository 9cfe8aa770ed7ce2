#include "base/ident.h"

#include <sys/random.h>

enum { TIME_CHARS = 9 };

struct ident ident_make(int64_t wall_ms)
{
	static const char digits[] = "0123456789abcdefghjkmnpqrstvwxyz"; /* Crockford's */
	/* Drawn for many at a time: the system call costs more than all the rest. */
	static _Thread_local unsigned char drawn[16 * (IDENT_LEN - TIME_CHARS)];
	static _Thread_local size_t left;
	const unsigned char *random;
	uint64_t t = (uint64_t)wall_ms;
	struct ident id;

	if (left == 0) {
		bug_if(getrandom(drawn, sizeof(drawn), 0) != (ssize_t)sizeof(drawn));
		left = sizeof(drawn);
	}
	left -= IDENT_LEN - TIME_CHARS;
	random = drawn + left;
	for (size_t i = TIME_CHARS; i-- > 0; t >>= 5)
		id.text[i] = digits[t & 31];
	for (size_t i = 0; i < IDENT_LEN - TIME_CHARS; i++)
		id.text[TIME_CHARS + i] = digits[random[i] & 31];
	return id;
}

#include "base/ident.h"

#include <sys/random.h>

enum { TIME_CHARS = 9 };

struct ident ident_make(int64_t wall_ms)
{
	static const char digits[] = "0123456789abcdefghjkmnpqrstvwxyz"; /* Crockford's */
	unsigned char random[IDENT_LEN - TIME_CHARS];
	uint64_t t = (uint64_t)wall_ms;
	struct ident id;

	bug_if(getrandom(random, sizeof(random), 0) != (ssize_t)sizeof(random));
	for (size_t i = TIME_CHARS; i-- > 0; t >>= 5)
		id.text[i] = digits[t & 31];
	for (size_t i = 0; i < sizeof(random); i++)
		id.text[TIME_CHARS + i] = digits[random[i] & 31];
	return id;
}

/* base/why.h - the text of an environment error, carried beside a negative errno.
 *
 * Rooms do not log: they fill a why and return; the owner of the work logs once.
 * A why is written for the administrator: WHAT: WHY (WHERE); HINT.
 *
 * Limits   WHY_MAX bytes, cut there.   Threads  one at a time.   Errors  cannot fail.
 */
#ifndef BASE_WHY_H
#define BASE_WHY_H

#include "base/str.h"

enum { WHY_MAX = 512 };

struct why {
	char text[WHY_MAX];
};

/* Fills the text (why may be NULL) and returns err unchanged; %m is strerror(-err). */
int why_set(struct why *why, int err, const char *fmt, ...) printf_like(3, 4);
/* Puts "what: " before the text that is already there; returns err. */
int why_prefix(struct why *why, int err, const char *fmt, ...) printf_like(3, 4);

#endif

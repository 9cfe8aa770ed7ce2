/* auth/steps.h - the steps of a check in words, for who explains them (struct auth_trace).
 *
 * Input    hostile text: it is cut and made printable.
 * Memory   in the caller's arena.
 * Limits   STEPS_MAX lines of STEPS_MAX_LINE bytes; more are dropped.
 * Threads  one at a time.   Errors  cannot fail.
 */
#ifndef AUTH_STEPS_H
#define AUTH_STEPS_H

#include "auth/results.h"

enum { STEPS_MAX = 200, STEPS_MAX_LINE = 300 };

struct steps {
	struct arena *arena;
	ARENA_VEC(str) lines;
};

void steps_add(struct steps *s, const char *fmt, ...) printf_like(2, 3);
/* The same line, without adding it: a reason. */
str steps_line(struct arena *a, const char *fmt, ...) printf_like(2, 3) must_use;
struct auth_trace steps_trace(const struct steps *s) must_use;

#endif

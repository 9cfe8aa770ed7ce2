/* base/clock.h - time as an argument: deadlines are absolute and monotonic, dates
 * are seconds since 1970 in UTC.
 *
 * Rooms that decide never ask the clock; they are given a time. Only the owner of
 * the work calls clock_now_ms or clock_wall.
 *
 * Threads  pure.   Errors  parsing answers false and leaves the output untouched.
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include "base/strbuf.h"

/* Milliseconds of CLOCK_MONOTONIC. */
int64_t clock_now_ms(void);
int64_t clock_now_us(void);
/* Seconds since 1970. */
int64_t clock_wall(void);
/* Milliseconds since 1970, for log lines. */
int64_t clock_wall_ms(void);

/* An absolute point of CLOCK_MONOTONIC in milliseconds. */
typedef int64_t deadline;
static inline deadline deadline_in(int64_t ms)
{
	return clock_now_ms() + ms;
}
/* Milliseconds left, 0 when passed; never above INT_MAX, so it fits poll(). */
int clock_left(deadline d);
static inline deadline clock_sooner(deadline a, deadline b)
{
	return a < b ? a : b;
}

/* "Sat, 21 Nov 2026 19:36:42 +0000" (RFC 5322 3.3). */
void clock_put_rfc5322(struct strbuf *b, int64_t wall);
/* "2026-11-21T19:36:42Z" (RFC 3339). */
void clock_put_rfc3339(struct strbuf *b, int64_t wall);
bool clock_parse_rfc3339(str s, int64_t *ret_wall) must_use;
/* Lenient on white space, comments excluded; obsolete zones (RFC 5322 4.3) read as UTC. */
bool clock_parse_rfc5322(str s, int64_t *ret_wall) must_use;

#endif

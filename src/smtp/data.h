/* smtp/data.h - the bytes after DATA: where they end, and the dots in front of lines.
 *
 * The end is <CRLF>.<CRLF> and nothing else (RFC 5321 4.1.1.4): neither <LF>.<LF> nor any
 * other mixture, which other servers take for an end or make into one (SMTP smuggling).
 * A dot at the start of a line is removed (RFC 5321 4.5.2). A bare CR or LF anywhere is
 * remembered: the message is refused once its real end has come.
 *
 * Input    hostile, in chunks cut anywhere.
 * Memory   a few bytes of state; works in place.
 * Limits   bytes and long lines are counted here, judged by the caller. Linear.
 * Threads  one at a time.
 * Errors   cannot fail.
 */
#ifndef SMTP_DATA_H
#define SMTP_DATA_H

#include "base/str.h"

enum { DATA_LINE_MAX = 1000 }; /* RFC 5321 4.5.3.1.6, with CRLF */

struct data {
	enum {
		DATA_LINE_START,
		DATA_TEXT,
		DATA_CR,     /* CR within a line */
		DATA_DOT,    /* "." at the start of a line, kept back */
		DATA_DOT_CR, /* ".CR" at the start of a line, kept back */
		DATA_END
	} state;
	uint64_t bytes;	     /* of the message so far, without stuffing and end */
	uint64_t line;	     /* bytes of the present line so far */
	uint64_t long_lines; /* lines over DATA_LINE_MAX */
	uint64_t bare;	     /* bare CRs and LFs */
};

/* The same bytes behind BDAT (RFC 3030), where chunks say how long they are: nothing is
 * removed, and no dot means anything. At the end of the message only DATA_LINE_START is the
 * end of a line, and DATA_CR is a bare CR. */
void data_count(struct data *d, str bytes);
/* A zeroed struct data is at the start of a message. Reads p[0..n), up to the end of the
 * message at most: *ret_used says how much. Leaves the message's bytes at p[0..result). */
size_t data_unstuff(struct data *d, char *p, size_t n, size_t *ret_used) must_use;

static inline bool data_ended(const struct data *d)
{
	return d->state == DATA_END;
}

#endif

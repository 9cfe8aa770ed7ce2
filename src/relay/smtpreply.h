/* relay/smtpreply.h - one reply of an SMTP or LMTP server (RFC 5321 4.2), strictly.
 *
 * Input    hostile: lines of the next hop.
 * Memory   by value.
 * Limits   SMTPREPLY_*.
 * Threads  pure.
 * Errors   SMTPREPLY_E_SYNTAX: the dialogue cannot go on.
 */
#ifndef RELAY_SMTPREPLY_H
#define RELAY_SMTPREPLY_H

#include "base/str.h"

enum {
	SMTPREPLY_LINE_MAX = 1024, /* RFC 5321 4.5.3.1.5 asks for 512; some servers are wordy */
	SMTPREPLY_LINES_MAX = 128,
	SMTPREPLY_TEXT_MAX = 400, /* of all lines together, the rest is left out */
};
enum { SMTPREPLY_DONE, SMTPREPLY_MORE, SMTPREPLY_E_SYNTAX };

struct smtpreply {
	int code;
	unsigned lines;
	char text[SMTPREPLY_TEXT_MAX]; /* code and text, without control bytes */
	size_t n;
};

/* Adds one line with its CRLF; a reply starts zeroed. *ret_text (may be NULL) is what
 * stands behind the code. MORE: another line follows. */
int smtpreply_line(struct smtpreply *r, str line, str *ret_text) must_use;
static inline str smtpreply_text(const struct smtpreply *r)
{
	return str_of(r->text, r->n);
}
/* A reply of our own making, for what never reached the server: code, space, and text,
 * which begins with an enhanced status (RFC 3463). */
void smtpreply_say(struct smtpreply *r, int code, str text);

#endif

/* scan/exportletter.h - the letter that tells the administrator of a message, and how many there
 * are in an hour.
 *
 * Input    envelope and verdict hold hostile text: made printable, and encoded in the body; nothing
 *          of it stands in the header.
 * Memory   in the caller's arena.
 * Limits   EXPORTLETTER_TEXT bytes of text.
 * Threads  pure.   Errors  cannot fail.
 */
#ifndef SCAN_EXPORTLETTER_H
#define SCAN_EXPORTLETTER_H

#include "policy/verdict.h"

enum { EXPORTLETTER_TEXT = 16 << 10, EXPORTLETTER_RECIPIENTS = 10 };

struct exportletter {
	const struct conf *conf;
	str to;
	const struct envelope *env;
	const struct verdict *verdict;
	uint32_t left_out; /* letters before, for which there was no room in their hour */
	int64_t now;
};

str exportletter_from(struct arena *a, str hostname) must_use;
str exportletter_subject(struct arena *a, const struct exportletter *l) must_use;
/* The whole message (RFC 5322). */
str exportletter_make(struct arena *a, const struct exportletter *l) must_use;

struct exportletter_rate {
	int64_t hour;
	uint32_t sent, left_out;
};

/* One more in this hour? *ret_left_out: how many were left out since the last that was sent. */
bool exportletter_may(struct exportletter_rate *r, uint32_t most, int64_t now,
		      uint32_t *ret_left_out);

#endif

/* scan/cleaning.h - which header fields of outgoing mail tell strangers about the inside: servers
 * passed, addresses, programs and their versions (requirements ).
 *
 * What a signature covers stays, one that is already there or ours to come: taking it out would
 * break the signature (RFC 6376 5.4).
 *
 * Input    hostile: the message.
 * Memory   in the caller's arena; names point into the message.
 * Limits   CLEANING_MAX_COVERED names that signatures cover; with more of them, all fields stay
 *          but the ways inside (Received).
 * Threads  pure.
 * Errors   cannot fail.
 */
#ifndef SCAN_CLEANING_H
#define SCAN_CLEANING_H

#include "conf/conf.h"

enum { CLEANING_MAX_COVERED = 500 };

struct cleaning {
	const struct conf *conf; /* NULL: nothing is to be cleaned */
	str *covered;
	size_t n_covered;
	bool too_many;
};

/* Of a message on its way in nothing is. */
struct cleaning cleaning_begin(struct arena *a, const struct conf *conf, str message) must_use;
bool cleaning_removes(const struct cleaning *c, str name) must_use;

#endif

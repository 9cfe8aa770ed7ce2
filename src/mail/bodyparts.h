/* mail/bodyparts.h - the bytes of a body as a list of pieces, so that headers can be put
 * before a message and parts of it left out without copying it.
 *
 * Input    cuts come from a weaker process and are checked.
 * Memory   pieces point into prepend and message; the list is in the arena.
 * Limits   BODYPARTS_MAX_CUTS cuts.   Threads  pure.
 * Errors   false: the cuts overlap, are not in order, or reach beyond the message.
 */
#ifndef MAIL_BODYPARTS_H
#define MAIL_BODYPARTS_H

#include "base/arena.h"

#include <sys/uio.h>

enum { BODYPARTS_MAX_CUTS = 128 };

struct bodyparts {
	struct iovec *v;
	size_t n;
	uint64_t size; /* of all pieces */
	uint64_t hash; /* XXH64 of all pieces */
};

/* cuts: n numbers, pairs of offset and length within message. */
bool bodyparts_make(struct arena *a, str prepend, str message, const uint64_t *cuts, size_t n,
		    struct bodyparts *ret) must_use;
/* XXH64 of one slice: what bodyparts_make gives for a body in one piece. */
uint64_t bodyparts_hash(str body);

#endif

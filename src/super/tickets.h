/* super/tickets.h - the keys of TLS session tickets: made here, the same for all edges, gone
 * with the last process. A key seals for TICKETS_ROTATE_MS and opens for twice that more.
 *
 * Input    none; randomness of the kernel.
 * Memory   the descriptor belongs to the struct, for the supervisor's life.
 * Errors   negative errno and why: then the keys stay as they are.
 */
#ifndef SUPER_TICKETS_H
#define SUPER_TICKETS_H

#include "base/clock.h"
#include "base/why.h"
#include "tls/tlstickets.h"

enum { TICKETS_ROTATE_MS = 12 * 3600 * 1000 };

struct tickets {
	struct tlstickets made; /* newest first; the code of that room is not linked here */
	int fd;			/* sealed memory with the keys; -1: none yet */
	deadline rotate_at;
};

/* A new key in front, the oldest forgotten, the descriptor replaced. */
int tickets_rotate(struct tickets *t, int64_t now_ms, struct why *why) must_use;

#endif

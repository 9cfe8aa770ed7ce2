/* spool/groupsync.h - one sync for everyone who waits for it.
 *
 * Whoever has changed something takes a ticket. Who waits while no sync is running runs one
 * for all tickets given out so far; who comes during it waits for the next one, which began
 * after his change.
 *
 * Memory   embedded in its owner.   Limits  none.
 * Threads  internally locked; the sync itself is done without the lock. Tickets must be taken
 *          in the order of the changes.
 * Errors   negative errno to everyone whose change the failed sync should have kept.
 */
#ifndef SPOOL_GROUPSYNC_H
#define SPOOL_GROUPSYNC_H

#include "base/why.h"

#include <pthread.h>

struct groupsync {
	int (*sync)(void *ctx); /* makes every change before the call durable, or fails */
	void *ctx;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	uint64_t arrived;   /* tickets given out */
	uint64_t settled;   /* tickets whose sync has ended */
	uint64_t failed_to; /* tickets up to this one may have met a failure */
	int error;	    /* of the last failed sync */
	bool running;
	uint64_t syncs; /* how many were run */
};

void groupsync_init(struct groupsync *g, int (*sync)(void *ctx), void *ctx);
void groupsync_end(struct groupsync *g);
/* For a change that is made already. */
uint64_t groupsync_ticket(struct groupsync *g);
/* Returns when the change of that ticket is on disk; 0 was settled from the beginning. */
int groupsync_wait(struct groupsync *g, uint64_t ticket, struct why *why) must_use;
/* The same for all tickets given out; no sync is run when there is nothing to wait for. */
int groupsync_all(struct groupsync *g, struct why *why) must_use;

#endif

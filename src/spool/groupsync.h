/* spool/groupsync.h - one fsync of a directory for everyone who waits for it.
 *
 * Whoever arrives while no fsync is running runs one for all that have arrived so far;
 * whoever arrives during it waits for the next one, which began after his change.
 *
 * Memory   embedded in its owner.   Limits  none.
 * Threads  internally locked; the fsync itself is done without the lock.
 * Errors   negative errno to everyone whose change the failed fsync should have kept.
 */
#ifndef SPOOL_GROUPSYNC_H
#define SPOOL_GROUPSYNC_H

#include "base/why.h"

#include <pthread.h>

struct groupsync {
	int fd; /* the directory, borrowed */
	pthread_mutex_t lock;
	pthread_cond_t changed;
	uint64_t arrived;   /* tickets given out */
	uint64_t settled;   /* tickets whose fsync has ended */
	uint64_t failed_to; /* tickets up to this one may have met a failure */
	int error;	    /* of the last failed fsync */
	bool running;
	uint64_t syncs; /* how many were run */
};

void groupsync_init(struct groupsync *g, int fd);
void groupsync_end(struct groupsync *g);
/* Returns when every change made to the directory before the call is on disk. */
int groupsync_wait(struct groupsync *g, struct why *why) must_use;

#endif

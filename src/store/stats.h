/* store/stats.h - the store in numbers, for metrics and for the command line.
 *
 * Input    trusted.
 * Memory   in the caller's arena.
 * Limits   the queue is counted in slices of STATS_SLICE messages, so nobody waits for the
 *          lock longer than that takes; numbers of one snapshot may be that far apart.
 * Threads  any; stats_state: the caller holds the lock of the store.
 * Errors   those of the visitor.
 */
#ifndef STORE_STATS_H
#define STORE_STATS_H

#include "store/store.h"

enum { STATS_SLICE = 1000 };

enum stats_state {
	STATS_WAITING,
	STATS_UNREACHABLE, /* its destinations answer nobody */
	STATS_DELIVERING,
	STATS_HELD, /* by a person */
	STATS_STATES
};
/* Messages younger than 5 minutes, an hour, 4 hours, a day, and older ones. */
enum { STATS_AGES = 5 };

struct stats {
	size_t messages[STATS_STATES][STATS_AGES];
	size_t destinations, unreachable; /* with messages; in backoff */
	int64_t oldest;			  /* seconds since 1970; 0: the queue is empty */
	struct store_results results;
};

/* The upper ends of the age classes in seconds; the last one has none. */
extern const int64_t stats_age_s[STATS_AGES - 1];
const char *stats_state_name(enum stats_state state);
enum stats_state stats_state(const struct queue_message *m);
void stats_take(struct store *s, struct stats *ret);

struct stats_destination {
	str name, reply; /* reply: what it said last */
	size_t parts, delivering, held;
	size_t limit;	    /* deliveries at the same moment, now */
	uint32_t failures;  /* probes in a row that did not reach it */
	int64_t oldest;	    /* seconds since 1970 */
	int64_t next_probe; /* likewise; 0: none */
};
/* Shows each destination that has messages, in no particular order, outside the lock. Stops
 * at a negative answer and returns it. */
int stats_destinations(struct store *s, struct arena *a,
		       int (*on_one)(void *ctx, const struct stats_destination *d), void *ctx)
	must_use;

#endif

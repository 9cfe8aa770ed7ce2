/* relay/pool.h - connections that wait for the next message to their destination, and how
 * many deliveries to one destination go on at the same moment.
 *
 * Input    trusted.
 * Memory   idle connections are the pool's; a place is its caller's.
 * Limits   POOL_IDLE_MS kept unused, POOL_AGE_MS in all, POOL_MESSAGES over one connection;
 *          places as the route allows.
 * Threads  internally locked; a taken connection belongs to its taker.
 * Errors   false: no place in time.
 */
#ifndef RELAY_POOL_H
#define RELAY_POOL_H

#include "relay/dial.h"

#include <pthread.h>

enum {
	POOL_IDLE_MS = 5000,
	POOL_AGE_MS = 5 * 60 * 1000,
	POOL_MESSAGES = 100,
};

struct pool {
	pthread_mutex_t lock;
	pthread_cond_t kept, left; /* for the reaper; for who waits for a place */
	struct list idle;	   /* the most recently used one first */
	struct list places;
	size_t waiting;
	bool reaper_rests; /* until something is kept */
};

/* Someone who delivers to a destination. */
struct pool_place {
	struct list link;
	str destination;
};

void pool_init(struct pool *p);
/* Waits while max others deliver there. */
bool pool_enter(struct pool *p, struct pool_place *place, str destination, size_t max, deadline d)
	must_use;
void pool_leave(struct pool *p, struct pool_place *place);
/* An idle connection of the same settings, made for that destination and such a wish; NULL:
 * none. */
struct connection *pool_take(struct pool *p, const void *settings, str destination,
			     enum tls_wish wish);
/* Keeps it, or ends it when it has served enough. */
void pool_keep(struct pool *p, struct connection *c);
/* Ends idle connections when their time has come; never returns. */
void pool_reap(void *pool);
/* Ends those that are due; returns when the next one is (INT64_MAX: none). */
deadline pool_reap_due(struct pool *p, int64_t now_ms);

#endif

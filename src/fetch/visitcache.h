/* fetch/visitcache.h - what was found at the end of links, so that each is visited once a day
 * however many messages carry it, and by one at a time.
 *
 * When there are too many, those visited longest ago are forgotten (base/aging.h).
 *
 * Input    URLs and what servers said: hostile. The key is the URL itself.
 * Memory   the cache's own, given back by visitcache_free; what is found is copied out.
 * Limits   VISITCACHE_BYTES in all; VISITCACHE_KEEP_MS, and VISITCACHE_RETRY_MS when there was no
 *          answer; VISITCACHE_PENDING visits at a time.
 * Threads  internally locked.
 * Errors   cannot fail.
 */
#ifndef FETCH_VISITCACHE_H
#define FETCH_VISITCACHE_H

#include "net/visit.h"

enum {
	VISITCACHE_BYTES = 64 << 20,
	VISITCACHE_KEEP_MS = 24 * 3600 * 1000,
	VISITCACHE_RETRY_MS = 5 * 60 * 1000,
	VISITCACHE_PENDING = 256,
};

struct visitcache;

struct visitcache *visitcache_new(size_t max_bytes) must_use;
/* Takes NULL; returns NULL. */
struct visitcache *visitcache_free(struct visitcache *c);

enum visitcache_found {
	VISITCACHE_HIT,	 /* *ret is what was found before */
	VISITCACHE_MINE, /* nobody is there: visit it, then visitcache_put */
	VISITCACHE_BUSY, /* somebody else is still there */
};
/* Waits until d for who is there. */
enum visitcache_found visitcache_take(struct visitcache *c, struct arena *a,
				      const struct visit_question *q, deadline d,
				      struct visit *ret);
void visitcache_put(struct visitcache *c, const struct visit_question *q, int64_t now_ms,
		    const struct visit *v);

#endif

/* relay/stscache.h - the MTA-STS policies of domains, kept for their max_age (RFC 8461 3.3,
 * 5.1): a policy holds until it expires or another id is published and fetched, whatever
 * becomes of the DNS record in the meantime.
 *
 * They are kept in memory only: after a restart the first delivery to a domain fetches anew.
 *
 * Input    hostile records and policies.
 * Memory   an arena for each domain, given back when it is forgotten.
 * Limits   STSCACHE_MAX domains, the longest unused one gives way; STSCACHE_RETRY_MS between
 *          fetches that fail.
 * Threads  internally locked; a second one who asks for the same domain waits for the fetch.
 * Errors   false: no policy. What went wrong with one that is published is told beside.
 */
#ifndef RELAY_STSCACHE_H
#define RELAY_STSCACHE_H

#include "base/list.h"
#include "relay/stsfetch.h"

#include <pthread.h>

enum { STSCACHE_MAX = 1000, STSCACHE_RETRY_MS = 5 * 60 * 1000 };

typedef int stscache_fetch(const struct stsfetch *how, struct arena *a, str domain, deadline until,
			   struct stspolicy *ret, struct why *why);

struct stscache {
	pthread_mutex_t lock;
	pthread_cond_t fetched;
	struct list entries; /* the most recently used one first */
	size_t n;
	stscache_fetch *fetch;
};

/* fetch is stsfetch, or a test's own. */
void stscache_init(struct stscache *c, stscache_fetch *fetch);
/* domain in A-labels. The patterns of *ret are in a. *ret_trouble is STSFETCH_OK, or what
 * went wrong in a fetch of this call, and why says more. */
bool stscache_find(struct stscache *c, const struct stsfetch *how, struct arena *a, str domain,
		   deadline until, struct stspolicy *ret, int *ret_trouble, struct why *why);

#endif

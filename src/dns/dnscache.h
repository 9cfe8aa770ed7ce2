/* dns/dnscache.h - answers kept for their time to live.
 *
 * What is asked again stays, the rest is forgotten (base/aging.h).
 *
 * Input    names are hostile; the hash is seeded.
 * Memory   the cache's own, given back by dnscache_free; answers are copied out into the
 *          arena of who asks.
 * Limits   about max_bytes in all. DNSCACHE_MAX_TTL, DNSCACHE_MAX_NEGATIVE_TTL (RFC 2308
 *          5) and, for temporary answers, DNSCACHE_MAX_TEMPORARY_TTL seconds. An answer
 *          larger than a thirty-second of that is not kept.
 * Threads  internally locked.
 * Errors   cannot fail.
 */
#ifndef DNS_DNSCACHE_H
#define DNS_DNSCACHE_H

#include "dns/dns.h"
#include "sys/metrics.h"

enum {
	DNSCACHE_MAX_TTL = 86400,
	DNSCACHE_MAX_NEGATIVE_TTL = 900,
	DNSCACHE_MAX_TEMPORARY_TTL = 3,
};

struct dnscache;

struct dnscache *dnscache_new(size_t max_bytes) must_use;
/* Takes NULL; returns NULL. */
struct dnscache *dnscache_free(struct dnscache *c);

/* Forgets everything: answers of before may come from another resolver. */
void dnscache_clear(struct dnscache *c);

/* A resolver that answers from cache and asks below for the rest, in one batch. The struct
 * is the caller's and outlives the resolver. */
struct dnscache_over {
	struct dnscache *cache;
	struct dns_resolver below;
	enum metric hits; /* counts what needed no question */
};
struct dns_resolver dnscache_resolver(struct dnscache_over *over) must_use;

/* q.name is normalised (dnsname.h); now_ms is of clock_now_ms. Its ttl is what is left. */
bool dnscache_get(struct dnscache *c, struct arena *a, const struct dns_question *q, int64_t now_ms,
		  struct dns_answer *ret) must_use;
void dnscache_put(struct dnscache *c, const struct dns_question *q, int64_t now_ms,
		  const struct dns_answer *answer);

#endif

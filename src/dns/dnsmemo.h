/* dns/dnsmemo.h - one message's view of the DNS: what was asked once is not asked again, and
 * has the same answer as before, whatever its time to live. So that checks stay straight
 * lines, what many of them will ask is asked ahead in one batch; each then asks for its own.
 *
 * Input    names may be hostile.
 * Memory   answers in the memo's arena; the struct is the caller's and outlives the resolver.
 * Limits   the caller's: limit questions go below, all others are SERVFAIL until it is raised.
 * Threads  one at a time.
 * Errors   as dns.h.
 */
#ifndef DNS_DNSMEMO_H
#define DNS_DNSMEMO_H

#include "base/map.h"
#include "dns/dns.h"

struct dnsmemo {
	struct arena *arena;
	struct dns_resolver below;
	struct map answers; /* "16 example.org": struct dns_answer */
	size_t asked;	    /* questions that went below */
	size_t limit;	    /* how many may; SIZE_MAX until somebody sets it */
};

struct dnsmemo dnsmemo_make(struct arena *a, const struct dns_resolver *below) must_use;
struct dns_resolver dnsmemo_resolver(struct dnsmemo *m) must_use;
/* Asks for what is not known yet, all at once. */
void dnsmemo_prefetch(struct dnsmemo *m, const struct dns_question *q, size_t n, deadline d);

#endif

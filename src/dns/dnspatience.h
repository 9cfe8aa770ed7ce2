/* dns/dnspatience.h - one message's patience with the DNS: whoever answered nothing in all the time
 * there was is waited for a third as long the next time, and a resolver that did not even say so is
 * asked no more.
 *
 * Not at once: when all that could be asked was the sender's choice, the silence may be his. A
 * resolver that works has answered what nobody prevents in much less.
 *
 * Input    as below.   Memory  the struct is the caller's and outlives the resolver.
 * Limits   DNSPATIENCE_SHARE, DNSPATIENCE_LATE_MS.
 * Threads  one at a time.
 * Errors   what is not asked is TIMEOUT, which is temporary.
 */
#ifndef DNS_DNSPATIENCE_H
#define DNS_DNSPATIENCE_H

#include "dns/dns.h"

enum {
	DNSPATIENCE_SHARE = 3,
	DNSPATIENCE_LATE_MS = 1000, /* behind the deadline: it hangs, or is gone */
};

struct dnspatience {
	struct dns_resolver below;
	bool answered, silent, hangs;
	deadline asked, given; /* of the last wait: the caller's deadline, and ours for it */
};

struct dns_resolver dnspatience_resolver(struct dnspatience *p) must_use;

#endif

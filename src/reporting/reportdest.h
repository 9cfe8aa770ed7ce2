/* reporting/reportdest.h - who wants reports about a domain, now, and may have them.
 *
 *   DMARC   the addresses of rua= in the record of the domain; those outside its organization
 *           only when they have agreed (RFC 9990 4)
 *   TLS     the addresses of rua= in _smtp._tls.DOMAIN (RFC 8460 3); https: is not served
 *
 * Input    hostile: names, records.
 * Memory   in the caller's arena.
 * Limits   REPORTDEST_MAX addresses.
 * Threads  pure but for the resolver.
 * Errors   REPORTDEST_NONE: nobody, why says so in words; REPORTDEST_LATER: the DNS did not
 *          answer for all of them.
 */
#ifndef REPORTING_REPORTDEST_H
#define REPORTING_REPORTDEST_H

#include "base/why.h"
#include "dns/dns.h"

enum { REPORTDEST_MAX = 10 /* as in sys/messages.def */ };
enum { REPORTDEST_OK, REPORTDEST_NONE, REPORTDEST_LATER };

struct reportdest {
	struct {
		str mailbox;
		uint64_t limit; /* bytes of a mail, 0: none was said */
	} v[REPORTDEST_MAX];
	size_t n;
};

/* never: an address that gets none, ours. */
int reportdest_dmarc(struct arena *a, const struct dns_resolver *dns, str domain, str never,
		     deadline d, struct reportdest *ret, struct why *why) must_use;
int reportdest_tls(struct arena *a, const struct dns_resolver *dns, str domain, str never,
		   deadline d, struct reportdest *ret, struct why *why) must_use;

#endif

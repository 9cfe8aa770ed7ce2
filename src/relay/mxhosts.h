/* relay/mxhosts.h - the mail servers of a domain (RFC 5321 5.1).
 *
 * In the order of their preference, those of the same preference shuffled; the domain
 * itself when it has no MX records; nobody when it says so (null MX, RFC 7505). When we
 * are one of them, only better ones are left.
 *
 * Input    the domain is a sender's choice, the records are a stranger's.
 * Memory   in the caller's arena.
 * Limits   MXHOSTS_MAX hosts, the best ones.
 * Threads  as the resolver.
 * Errors   MXHOSTS_E_* with a reply; nothing temporary is ever E_NEVER.
 */
#ifndef RELAY_MXHOSTS_H
#define RELAY_MXHOSTS_H

#include "dns/dns.h"
#include "relay/smtpreply.h"

enum { MXHOSTS_OK, MXHOSTS_E_LATER, MXHOSTS_E_NEVER };
enum { MXHOSTS_MAX = 10 };

struct mxhosts {
	str domain; /* in A-labels (RFC 5890), lower case; or the address of "[192.0.2.1]" */
	str v[MXHOSTS_MAX];
	size_t n;
	bool secure;   /* the MX records were validated: DANE may be asked for */
	bool implicit; /* no MX records: the domain itself */
};

/* us: our host name. domain as in an address, with U-labels or a literal. */
int mxhosts_find(const struct dns_resolver *dns, struct arena *a, str domain, str us, deadline d,
		 struct mxhosts *ret, struct smtpreply *reply) must_use;

#endif

/* relay/hostaddr.h - the addresses of one host, in the order in which they are tried.
 *
 * Input    the name may be a stranger's (an MX host), the records are.
 * Memory   in the caller's arena.
 * Limits   HOSTADDR_MAX addresses, IPv6 and IPv4 in turn.
 * Threads  as the resolver.
 * Errors   HOSTADDR_E_*; nothing temporary is ever E_NONE.
 */
#ifndef RELAY_HOSTADDR_H
#define RELAY_HOSTADDR_H

#include "base/ip.h"
#include "dns/dns.h"

enum { HOSTADDR_OK, HOSTADDR_E_NONE, HOSTADDR_E_LATER };
enum { HOSTADDR_MAX = 8 };

struct hostaddr {
	struct ip v[HOSTADDR_MAX];
	size_t n;
	bool secure;   /* the answers and each CNAME on the way were validated */
	str canonical; /* the name at the end of CNAMEs */
};

/* host: a name, an address, or "localhost", which never asks the DNS (RFC 6761 6.3). */
int hostaddr_find(const struct dns_resolver *dns, struct arena *a, str host, deadline d,
		  struct hostaddr *ret) must_use;

#endif

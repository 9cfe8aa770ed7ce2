/* resolver/stub.h - asks the operator's own resolver and believes it, its AD bit included
 * (RFC 4035 3.2.3, RFC 6840 5.8), in place of libunbound: for a validating resolver on this
 * machine or behind a network that is trusted.
 *
 * Input    hostile: UDP can be forged, so each try has its own port (the kernel's choice)
 *          and a random id.
 * Memory   answers in the arena of who asks.
 * Limits   STUB_MAX_SERVERS. STUB_TRIES of STUB_TRY_MS, each at the next server, within the
 *          deadline; then TIMEOUT. Truncated answers are asked again over TCP.
 * Threads  any number may ask.
 * Errors   stub_new: negative errno and a why. Lookups: statuses.
 */
#ifndef RESOLVER_STUB_H
#define RESOLVER_STUB_H

#include "base/ip.h"
#include "base/why.h"
#include "dns/dns.h"

enum { STUB_MAX_SERVERS = 8, STUB_TRIES = 3, STUB_TRY_MS = 1500 };

struct stub {
	struct {
		struct ip ip;
		uint16_t port;
	} servers[STUB_MAX_SERVERS];
	size_t n;
};

/* Servers as in resolver.h; none: the nameserver lines of /etc/resolv.conf. */
int stub_new(const str *servers, size_t n, struct stub *ret, struct why *why) must_use;
struct dns_resolver stub_resolver(struct stub *s) must_use;

#endif

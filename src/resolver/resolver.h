/* resolver/resolver.h - the real DNS: libunbound behind struct dns_resolver.
 *
 * Only poterne-dns (and poterne(1), for one command) links this room: the DNS is read by a
 * foreign library, in a process that sees neither mail nor keys.
 *
 * Input    the network: hostile. Names are escaped before libunbound sees them.
 * Memory   answers are copied into the arena of who asks. A resolver lives until
 *          resolver_free, which nobody may be asking at the time.
 * Limits   the deadline of each lookup: what is not there by then is TIMEOUT and cancelled.
 *          Answers are not kept longer than libunbound does; put a dnscache over it.
 * Threads  any number may ask. One thread of its own, and one of libunbound; both start
 *          with the first lookup, so a sandbox can be entered in between.
 * Errors   resolver_new: negative errno and a why. Lookups: statuses.
 */
#ifndef RESOLVER_RESOLVER_H
#define RESOLVER_RESOLVER_H

#include "base/why.h"
#include "dns/dns.h"

/* The root's keys, of the package dns-root-data. */
#define RESOLVER_ROOT_KEY "/usr/share/dns/root.key"

struct resolver_spec {
	/* Resolvers to forward to, "192.0.2.53" or "2001:db8::53@5353" (another port).
	 * None: those of /etc/resolv.conf; none there either: from the root servers. */
	const str *servers;
	size_t n_servers;
	/* File of trust anchors (the root's keys); NULL: no validation. */
	const char *trust_anchors;
};

struct resolver;

/* Reads all files it will ever need. */
int resolver_new(const struct resolver_spec *spec, struct resolver **ret, struct why *why) must_use;
/* Takes NULL; returns NULL. */
struct resolver *resolver_free(struct resolver *r);
struct dns_resolver resolver_resolver(struct resolver *r) must_use;

#endif

/* relay/search.h - a fresh connection to a destination: its hosts and their addresses are
 * tried one after the other, each with the TLS that it needs.
 *
 * Input    hostile servers and DNS.
 * Memory   an arena of its own while it lasts; the connection owns its own.
 * Limits   NEXTHOP_ATTEMPTS, NEXTHOP_DNS_MS.
 * Threads  pure apart from the network.
 * Errors   NULL, with what is to become of the recipients and the most telling reply.
 */
#ifndef RELAY_SEARCH_H
#define RELAY_SEARCH_H

#include "relay/nexthop.h"

struct search_failure {
	uint64_t outcome; /* SMTPCLIENT_LATER or SMTPCLIENT_NEVER */
	bool unreachable;
	struct smtpreply reply;
};

/* Logs tls.result: how the TLS of each host came out, as RFC 8460 reports count it. */
struct connection *search_connect(const struct nexthop_settings *s, const struct nexthop_target *to,
				  deadline until, struct search_failure *ret);

#endif

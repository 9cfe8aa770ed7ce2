/* relay/nexthop.h - delivers to one destination: its hosts found, one of them reached with
 * the TLS that is needed, the message sent.
 *
 * Hosts are tried in their order, and the addresses of each, until one takes a connection.
 * A connection that served a message is kept for whoever comes next. When such a one turns
 * out to have ended, the message goes once more over a fresh one, provided the server had
 * seen nothing of it.
 *
 * Input    hostile servers and DNS; trusted configuration.
 * Memory   settings are borrowed and must live on.
 * Limits   NEXTHOP_ATTEMPTS addresses in all; NEXTHOP_PLACE_MS for a place among those who
 *          deliver there (route.connections).
 * Threads  internally locked.
 * Errors   nexthop_deliver always leaves an outcome for each recipient.
 */
#ifndef RELAY_NEXTHOP_H
#define RELAY_NEXTHOP_H

#include "conf/route.h"
#include "relay/pool.h"
#include "relay/stscache.h"
#include "relay/tlsnotes.h"

enum {
	NEXTHOP_ATTEMPTS = 12,
	NEXTHOP_PLACE_MS = 60000,
	NEXTHOP_DNS_MS = 30000, /* for one lookup */
};

/* One generation of the configuration. */
struct nexthop_settings {
	str hostname; /* ours */
	int64_t timeout_ms;
	struct ssl_ctx_st *tls_ctx; /* by tlsclient_new */
	struct dns_resolver dns;
	uint16_t mx_port;
	bool allow_private;   /* strangers' names may have addresses that are not public */
	struct stscache *sts; /* outlives the settings */
	uint16_t sts_port;    /* 443 */
	bool counts_tls;      /* for reports */
};

struct nexthop_target {
	const struct route *route; /* MX, SMTP, LMTP or LMTP_UNIX */
	str domain;		   /* of the recipients; used with MX */
	str destination;	   /* route_destination */
	enum tls_wish wish;
	struct tlsnotes *notes; /* what is found out for reports; NULL: nobody wants it */
};

/* Zeroed by nexthop_deliver; outcome is the caller's, a number for each recipient. */
struct nexthop_result {
	uint64_t *outcome;
	struct smtpreply reply; /* the most telling one */
	char next_hop[256];	/* the host that was spoken with, or the destination */
	char tls[64];		/* as struct connection */
	bool unreachable; /* not this message: others to the destination would meet the same */
	bool dsn;	  /* the next hop took the DSN parameters over */
};

struct nexthop {
	struct pool pool;
};

void nexthop_init(struct nexthop *n);
/* Any number of recipients, over at until. */
void nexthop_deliver(struct nexthop *n, const struct nexthop_settings *s,
		     const struct nexthop_target *to, const struct smtpclient_job *job,
		     deadline until, struct nexthop_result *ret);

#endif

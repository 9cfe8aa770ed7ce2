/* relay/tlsneed.h - what TLS a delivery needs towards one host, from its route, the wish of
 * the sender (RFC 8689) and what the domain publishes: TLSA records (DANE, RFC 7672) before
 * an MTA-STS policy (RFC 8461 2).
 *
 *   tls=none             no TLS
 *   tls=may, encrypt     DANE or MTA-STS where a domain of the Internet has them
 *   tls=verify           a chain to tls.ca and the name of the route or of the MX host
 *   tls=dane             secure and usable TLSA records, or later
 *   TLS-Required: No     what the domain publishes is passed over, the route's word is not
 *   REQUIRETLS           DANE, or a chain and a name that DNSSEC, MTA-STS or the route vouch for
 *
 * Input    TLSA records are hostile until their answer is secure.
 * Memory   in the caller's arena.
 * Limits   those of a DNS answer.
 * Threads  as the resolver.
 * Errors   TLSNEED_E_* and a why; a lookup that fails for now never weakens what is needed.
 */
#ifndef RELAY_TLSNEED_H
#define RELAY_TLSNEED_H

#include "conf/route.h"
#include "mail/tlswish.h"
#include "relay/hostaddr.h"
#include "relay/mxhosts.h"
#include "relay/stspolicy.h"
#include "tls/tlsclient.h"

enum {
	TLSNEED_OK,
	TLSNEED_E_LATER,      /* it cannot be known, or not be met, now */
	TLSNEED_E_REQUIRETLS, /* nothing could prove this host to a message with REQUIRETLS */
};

enum tlsneed_level { TLSNEED_NONE, TLSNEED_MAY, TLSNEED_ENCRYPT, TLSNEED_PROVEN };

struct tlsneed {
	enum tlsneed_level level;
	struct tlsclient_demand demand; /* below PROVEN its finding is only told */
	const char *policy;		/* "tlsa", "sts", "no-policy-found" (RFC 8460 4.4) */
	bool unlisted;			/* the MTA-STS policy does not name this host */
};

struct tlsneed_question {
	const struct route *route;
	enum tls_wish wish;
	str host;
	uint16_t port;
	const struct hostaddr *at;
	const struct mxhosts *mx;	/* NULL: the host is configured */
	const struct stspolicy *policy; /* of the domain; NULL: it has none */
};

int tlsneed_find(const struct dns_resolver *dns, struct arena *a, const struct tlsneed_question *q,
		 deadline d, struct tlsneed *ret, struct why *why) must_use;

#endif

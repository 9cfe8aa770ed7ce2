/* relay/stsfetch.h - fetches the MTA-STS policy of a domain (RFC 8461 3.3):
 * https://mta-sts.DOMAIN/.well-known/mta-sts.txt, from a server whose certificate is of
 * tls.ca and for that name. One GET over our own TLS; no redirects.
 *
 * Input    hostile: the domain is a sender's choice, the web server is a stranger's.
 * Memory   the policy is in the caller's arena.
 * Limits   STSPOLICY_BYTES, STSFETCH_MS in all; public addresses only.
 * Threads  pure apart from the network.
 * Errors   STSFETCH_E_* and a why.
 */
#ifndef RELAY_STSFETCH_H
#define RELAY_STSFETCH_H

#include "dns/dns.h"
#include "relay/stspolicy.h"

enum {
	STSFETCH_OK,
	STSFETCH_E_FETCH,  /* "sts-policy-fetch-error" (RFC 8460 4.3.2.2) */
	STSFETCH_E_WEBPKI, /* "sts-webpki-invalid" */
	STSFETCH_E_POLICY, /* "sts-policy-invalid" */
};
enum { STSFETCH_MS = 60000 };

struct ssl_ctx_st;

struct stsfetch {
	const struct dns_resolver *dns;
	struct ssl_ctx_st *tls_ctx;
	uint16_t port; /* 443 */
	bool allow_private;
};

int stsfetch(const struct stsfetch *how, struct arena *a, str domain, deadline until,
	     struct stspolicy *ret, struct why *why) must_use;

#endif

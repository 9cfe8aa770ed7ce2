/* scan/dnslistevidence.h - what lists of the DNS say of a message, as evidence: all questions in
 * one batch. A list that does not answer weighs nothing, nor one that says we may not ask:
 * that is told to the administrator.
 *
 * Input    envelope, facts and replies are hostile.
 * Memory   in the caller's arena; what is remembered between messages is the owner's.
 * Limits   DNSLISTEVIDENCE_MAX questions a message; the address and names of the sender first,
 *          then the links in their order, each at all lists.
 * Threads  any number with one struct dnslistevidence.
 * Errors   cannot fail.
 */
#ifndef SCAN_DNSLISTEVIDENCE_H
#define SCAN_DNSLISTEVIDENCE_H

#include "auth/results.h"
#include "base/clock.h"
#include "inspect/facts.h"
#include "policy/envelope.h"
#include "policy/evidence.h"
#include "rules/rules.h"

enum {
	DNSLISTEVIDENCE_MAX = 64,
	DNSLISTEVIDENCE_HOPS = 5,     /* servers on the way */
	DNSLISTEVIDENCE_REPLIES = 16, /* read of one answer */
	DNSLISTEVIDENCE_TELL_S = 3600
};

/* When it was last told that a list refuses to answer. Zeroed at first. */
struct dnslistevidence {
	_Atomic int64_t told[DNSLIST_MAX];
};

void dnslistevidence_collect(struct dnslistevidence *s, struct arena *a, const struct rules *rules,
			     const struct conf_strings *own_domains, const struct dns_resolver *dns,
			     const struct envelope *env, const struct facts *facts,
			     const struct auth_results *auth, int64_t now, deadline d,
			     struct evidence *e);

#endif

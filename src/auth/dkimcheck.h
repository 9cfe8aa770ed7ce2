/* auth/dkimcheck.h - signatures of a message verified with the keys of the DNS (RFC 6376 6.1,
 * RFC 8301, RFC 8463): facts of the message in, results in, each with its steps.
 *
 * Input    hostile: facts (of a worker that may be taken over) and records.
 * Memory   results in the caller's arena; strings may point into the facts.
 * Limits   DKIMCHECK_MAX_KEYS records of one name are tried; questions: one a signature.
 * Threads  pure but for the resolver.
 * Errors   cannot fail; temperror, permerror... are results.
 */
#ifndef AUTH_DKIMCHECK_H
#define AUTH_DKIMCHECK_H

#include "auth/results.h"
#include "dkim/dkimhash.h"
#include "dns/dns.h"

enum {
	DKIMCHECK_MAX_KEYS = 5,
	/* Seconds that t= may be ahead of us: clocks that show local time are out there. */
	DKIMCHECK_MAX_AHEAD = 86400,
};

struct dkimcheck {
	int64_t wall; /* seconds since 1970 */
	/* Only for test suites of before RFC 8301: rsa-sha1, short keys, drafts' fields. */
	bool legacy;
};

/* The name of its key's TXT record (RFC 6376 3.6.2.1), to be asked ahead; empty when it is judged
 * without. */
str dkimcheck_key_name(struct arena *a, const struct dkimcheck *in, const struct dkim_facts *f)
	must_use;
/* n results in the order of the facts. */
struct dkim_result *dkimcheck_run(struct arena *a, const struct dns_resolver *dns,
				  const struct dkimcheck *in, const struct dkim_facts *facts,
				  size_t n, deadline d) must_use;
/* One signature of any kind: those of ARC have no i= but are judged like these. */
struct dkim_result dkimcheck_one(struct arena *a, const struct dns_resolver *dns,
				 const struct dkimcheck *in, const struct dkim_facts *f, deadline d)
	must_use;

#endif

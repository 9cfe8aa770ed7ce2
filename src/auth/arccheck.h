/* auth/arccheck.h - is the Authenticated Received Chain of a message whole (RFC 8617 5.2)?
 *
 * A key that could not be asked for is a temporary error here, where the RFC would have the
 * chain fail for good (5.2.1): such a message is judged without its chain, and not sealed.
 *
 * Input    hostile: facts (of a worker that may be taken over) and records.
 * Memory   in the caller's arena; strings may point into the facts.
 * Limits   those of dkim/arcset.h: two questions a set.
 * Threads  pure but for the resolver.
 * Errors   cannot fail; temperror is a result.
 */
#ifndef AUTH_ARCCHECK_H
#define AUTH_ARCCHECK_H

#include "auth/dkimcheck.h"
#include "dkim/arcset.h"

/* The names of all keys, to be asked for (TXT) ahead. */
str *arccheck_key_names(struct arena *a, const struct dkimcheck *in, const struct arcset_facts *f,
			size_t *ret_n) must_use;
void arccheck_run(struct arena *a, const struct dns_resolver *dns, const struct dkimcheck *in,
		  const struct arcset_facts *f, deadline d, struct arc_result *ret);

/* cv= of a seal of ours on such a chain (RFC 8617 5.1), and its instance. False: there is to be
 * none. Newest said cv=fail, all fifty are there, or a key could not be asked for. */
bool arccheck_next(const struct arcset_facts *f, const struct arc_result *r, uint32_t *ret_instance,
		   str *ret_cv) must_use;
/* The chain passes, its newest sealer is one of these domains, and signed the author. */
bool arccheck_is_trusted(const struct arc_result *r, const str *domains, size_t n) must_use;

#endif

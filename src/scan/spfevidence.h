/* scan/spfevidence.h - SPF (RFC 7208) as evidence for the judgement.
 *
 * Input    hostile envelope; the resolver's answers.
 * Memory   in the caller's arena.   Threads  pure but for the resolver.
 * Errors   cannot fail: temperror is evidence, and marks the evidence temporary.
 */
#ifndef SCAN_SPFEVIDENCE_H
#define SCAN_SPFEVIDENCE_H

#include "auth/spfcheck.h"
#include "policy/envelope.h"
#include "policy/evidence.h"

/* Without a client address there is nothing to check: result none, no evidence. */
struct spf_result spfevidence_collect(struct arena *a, const struct dns_resolver *dns, str hostname,
				      const struct envelope *env, int64_t now, deadline d,
				      struct evidence *e) must_use;

#endif

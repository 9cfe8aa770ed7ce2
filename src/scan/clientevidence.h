/* scan/clientevidence.h - what the names of a client say, as evidence: the one it gives, the one
 * its address has; and whether the host that made the Message-ID exists.
 *
 * Input    hostile envelope and facts.
 * Memory   in the arena of the checks.
 * Limits   those of auth/clientname.h and auth/mxcheck.h.
 * Threads  pure but for the resolver.
 * Errors   cannot fail: what was not answered weighs nothing.
 */
#ifndef SCAN_CLIENTEVIDENCE_H
#define SCAN_CLIENTEVIDENCE_H

#include "auth/authcheck.h"
#include "auth/clientname.h"
#include "policy/envelope.h"
#include "policy/evidence.h"

/* Returns how many of the questions that clientevidence_collect will ask it has set. */
size_t clientevidence_questions(struct arena *a, const struct envelope *env,
				struct dns_question q[CLIENTNAME_QUESTIONS]);
/* Adds HFILTER_HELO_*, HFILTER_HOSTNAME_*, RDNS_DNSFAIL. */
void clientevidence_collect(struct authcheck *c, const struct envelope *env, deadline d,
			    struct evidence *e);
/* Adds HFILTER_MID_*. */
void clientevidence_message(struct authcheck *c, const struct facts *f, deadline d,
			    struct evidence *e);

#endif

/* scan/authevidence.h - sender authentication as evidence for the judgement: SPF while the
 * message is inspected, DKIM, ARC and DMARC when its facts are there.
 *
 * Input    hostile envelope, facts of a worker; the resolver's answers.
 * Memory   in the caller's arena.
 * Limits   those of auth/authcheck.h; each half has the whole of dns.timeout, so that a slow
 *          SPF record leaves the author's policy its time.
 * Threads  pure but for the resolver.
 * Errors   cannot fail: temperror is evidence, and marks the evidence temporary.
 */
#ifndef SCAN_AUTHEVIDENCE_H
#define SCAN_AUTHEVIDENCE_H

#include "auth/authcheck.h"
#include "conf/conf.h"
#include "policy/envelope.h"
#include "policy/evidence.h"

/* SPF. Without a client address there is nothing to check: result none, no evidence. */
void authevidence_envelope(struct authcheck *c, const struct conf *conf, const struct envelope *env,
			   deadline d, struct auth_results *ret, struct evidence *e);
/* The rest. */
void authevidence_message(struct authcheck *c, const struct conf *conf, const struct facts *f,
			  deadline d, struct auth_results *ret, struct evidence *e);

#endif

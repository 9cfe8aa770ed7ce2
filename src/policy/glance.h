/* policy/glance.h - how a message came and what is seen of it at a glance, as evidence:
 * recipients, encryption, servers on its way, a text that is but a link.
 *
 * Input    hostile values.   Memory  texts are in the arena or point into the input.
 * Limits   linear in the text; one symbol of each name.   Threads  pure.   Errors  cannot fail.
 */
#ifndef POLICY_GLANCE_H
#define POLICY_GLANCE_H

#include "conf/conf.h"
#include "inspect/facts.h"
#include "policy/envelope.h"
#include "policy/evidence.h"

/* Adds RCPT_OWN_DOMAIN, RCPT_TAGGED, HELO_OWN_NAME, CLIENT_TLS, HFILTER_FROM_BOUNCE,
 * HFILTER_RCPT_BOUNCEMOREONE, ONCE_RECEIVED, HFILTER_URL_ONLY, HFILTER_URL_ONELINE as they apply.
 */
void glance_evidence(struct arena *a, const struct conf_strings *own_domains,
		     const struct envelope *envelope, const struct facts *facts,
		     struct evidence *out);

#endif

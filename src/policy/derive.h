/* policy/derive.h - evidence that follows from envelope and facts together.
 *
 * Input    hostile values.   Memory  texts are in the arena or point into the input.
 * Limits   one symbol of each name.   Threads  pure.   Errors  cannot fail.
 */
#ifndef POLICY_DERIVE_H
#define POLICY_DERIVE_H

#include "conf/conf.h"
#include "inspect/facts.h"
#include "policy/envelope.h"
#include "policy/evidence.h"

/* Adds OWN_DOMAIN_SPOOF, OWN_SUBDOMAIN_SPOOF, OWN_AUTHORS and OWN_REVERSE_PATH (unless the mail is
 * ours, on its way out), ENVFROM_INVALID, FROM_OWN_DISPLAY, FROM_NEQ_ENVFROM, DATE_IN_PAST,
 * DATE_IN_FUTURE, PART_UNINSPECTED, LIMIT_HIT, INSPECT_FAILED as they apply. from holds the answers
 * of the sources (SPF, DKIM, DMARC). */
void derive_evidence(struct arena *a, const struct conf_strings *own_domains, bool outgoing,
		     const struct envelope *envelope, const struct facts *facts,
		     const struct evidence *from, struct evidence *out);
/* "exe" of "facture.pdf.EXE. ", lower case not needed; empty when there is none. */
str derive_extension(str filename);

#endif

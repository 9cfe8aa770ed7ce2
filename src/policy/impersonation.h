/* policy/impersonation.h - does the author borrow a name that readers trust: a domain of ours or
 * of somebody known, or a person's?
 *
 * Input    facts are hostile; what is protected comes from configuration and rules.
 * Memory   what is prepared lives with the policy, evidence in the caller's arena.
 * Limits   IMPERSONATION_LABEL_MIN: shorter names look alike by chance; those of the facts.
 *          A few microseconds for some hundred names.
 * Threads  const once prepared: any number.
 * Errors   cannot fail.
 */
#ifndef POLICY_IMPERSONATION_H
#define POLICY_IMPERSONATION_H

#include "inspect/facts.h"
#include "policy/evidence.h"
#include "rules/rules.h"

enum { IMPERSONATION_LABEL_MIN = 6, IMPERSONATION_TOKEN_MIN = 5 };

struct impersonation;

struct impersonation *impersonation_prepare(struct arena *a, const struct conf_strings *own,
					    const struct rules *rules) must_use;
/* Adds LOOKALIKE_*, TYPO_*, DOMAIN_SHOWS_*, BRAND_FORGED and PERSON_FORGED of rules/evidence.def.
 */
void impersonation_find(struct arena *a, const struct impersonation *known,
			const struct facts *facts, struct evidence *out);

#endif

/* policy/explain.h - a verdict in words, English or French: what was seen, what weighed,
 * the thresholds, and what would have changed the outcome.
 *
 * Input    a verdict; evidence in it is hostile and is made printable here.
 * Memory   writes to the caller's strbuf.
 * Limits   EXPLAIN_MAX_EVIDENCE bytes of each evidence; EXPLAIN_MAX_REASONS reasons.
 * Threads  pure.   Errors  cannot fail.
 */
#ifndef POLICY_EXPLAIN_H
#define POLICY_EXPLAIN_H

#include "policy/verdict.h"

enum { EXPLAIN_MAX_EVIDENCE = 120, EXPLAIN_MAX_REASONS = 5 };

/* The whole explanation, several lines. */
void explain_put(struct strbuf *out, const struct verdict *v, enum conf_lang lang);
/* One line: `An attachment has a forbidden extension ("facture.exe")`. */
void explain_reason(struct strbuf *out, const struct verdict_symbol *s, enum conf_lang lang);
/* The symbols that made the outcome, at most EXPLAIN_MAX_REASONS: the deciding ones, else
 * those that weighed; none when nothing spoke against the message. */
size_t explain_weighty(const struct verdict *v,
		       const struct verdict_symbol *ret[EXPLAIN_MAX_REASONS]);

#endif

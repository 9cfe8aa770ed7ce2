/* replay/ruleprint.h - short numbers that stand for rules: equal rules have equal ones, on every
 * machine and in every process.
 *
 * Input    loaded rules, trusted.   Memory  none.   Limits  none of its own.
 * Threads  pure.                    Errors  cannot fail; two different rules have the same number
 *                                           with a chance of one in 2^64.
 */
#ifndef REPLAY_RULEPRINT_H
#define REPLAY_RULEPRINT_H

#include "rules/rules.h"

/* Raised by what a worker matches: a pattern, a YARA rule or a program. */
bool ruleprint_is_of_worker(const struct rules_symbol *s);
/* What a worker looks for, for one such symbol; no name, no score. */
uint64_t ruleprint_pattern(const struct rules_symbol *s);
/* Do these rules look for just that, by that name? */
bool ruleprint_is_in(const struct rules *r, const struct rules_symbol *s);
/* The same for all of them, with their names: what messages are inspected by. */
uint64_t ruleprint_patterns(const struct rules *r);
/* All that can change a verdict: symbols, scores, expressions, decisions and thresholds; the
 * contents of lists are not in it. */
uint64_t ruleprint_rules(const struct rules *r);

#endif

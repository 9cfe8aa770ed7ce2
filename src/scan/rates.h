/* scan/rates.h - does somebody send more than he may (rates.limits)?
 *
 * Counted are recipients of messages that were within the limits and need not come again, in
 * windows of the limit's time; the window before this one counts for the part of it that is not
 * over. A message goes while anything is left, whatever its recipients: a large one is never kept
 * waiting for ever. Counts are rows of memory, so gateways that share it share them.
 *
 * Input    hostile envelope; a login is what a trusted proxy says.
 * Memory   in the caller's arena; one question and one note to room memory.
 * Limits   MEMORY_MS for the answer. Messages in the same moment do not see each other.
 * Threads  pure but for the memory.
 * Errors   cannot fail: what memory cannot say holds nobody up.
 */
#ifndef SCAN_RATES_H
#define SCAN_RATES_H

#include "conf/raterow.h"
#include "memory/memory.h"
#include "policy/envelope.h"
#include "policy/evidence.h"

enum { RATES_LIMITS = RATEROW_WHATS * RATEROW_TOGETHER };

/* What limits one message. */
struct rates {
	struct raterow rows[RATES_LIMITS];
	str who[RATES_LIMITS];
	size_t n;
	struct memory_name names[2 * RATES_LIMITS]; /* of each: this window, and the one before */
	struct memory_fact facts[2 * RATES_LIMITS];
};

/* Adds RATELIMITED for each limit that is exceeded, DYN_RL when it is one with a name; *ret is
 * what the message counts for, nothing when there is such a limit. */
void rates_collect(const struct memory *m, struct arena *a, const struct conf *conf,
		   const struct envelope *env, int64_t now, struct rates *ret, struct evidence *e);
/* Counts the message, which is not to come again. */
void rates_count(const struct memory *m, const struct rates *r, const struct envelope *env,
		 int64_t now);

#endif

/* scan/fuzzyevidence.h - what was learned of messages that are nearly this one
 * (learn/fuzzytable.h).
 *
 * Input    digests from a worker, which may be taken over: it can only spoil its own message.
 * Memory   in the caller's arena.
 * Limits   FUZZY_DIGESTS_MAX digests.
 * Threads  pure.
 * Errors   none: evidence, or nothing.
 */
#ifndef SCAN_FUZZYEVIDENCE_H
#define SCAN_FUZZYEVIDENCE_H

#include "inspect/facts.h"
#include "learn/fuzzytable.h"
#include "policy/evidence.h"

/* What so many messages have taught is sure. */
enum { FUZZYEVIDENCE_SURE_WEIGHT = 2 };

/* table may be NULL; keep_ms: how long what was learned holds; now: wall clock, seconds. True: it
 * knows the message, if only as one that says nothing. */
bool fuzzyevidence_collect(const struct fuzzytable *table, struct arena *a,
			   const struct facts *facts, int64_t keep_ms, int64_t now,
			   struct evidence *e);
/* From when on what was learned holds. */
uint32_t fuzzyevidence_not_before(int64_t keep_ms, int64_t now);

#endif

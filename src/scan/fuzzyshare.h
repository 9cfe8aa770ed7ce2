/* scan/fuzzyshare.h - what was learned of digests, in the memory that several gateways share
 * (memory/memory.h), each digest under its keys.
 *
 * A row says only which digest had that key last; a digest is known again when enough of its keys
 * name the same one. Only who may write into that memory can have the others know something.
 *
 * Input    digests of hostile mail; rows that other gateways wrote.
 * Memory   in the caller's arena.
 * Limits   MEMORY_MAX_NAMES keys of one message, one question; FUZZYSHARE_MAX digests and
 *          FUZZYSHARE_AGE_S at a time when they are published.
 * Threads  pure but for the memory.
 * Errors   none: what cannot be asked says nothing, what cannot be told is told at the next reload.
 */
#ifndef SCAN_FUZZYSHARE_H
#define SCAN_FUZZYSHARE_H

#include "inspect/facts.h"
#include "learn/fuzzytable.h"
#include "memory/memory.h"
#include "policy/evidence.h"

enum { FUZZYSHARE_MAX = 512, FUZZYSHARE_AGE_S = 24 * 3600 };

/* FUZZY_DENIED or FUZZY_PROB. */
void fuzzyshare_collect(const struct memory *m, struct arena *a, const struct facts *facts,
			int64_t now, struct evidence *e);
/* Tells what was learned here lately, and what of that is forgotten since. Both may be NULL. */
void fuzzyshare_publish(const struct memory *m, struct arena *a, const struct fuzzytable *before,
			const struct fuzzytable *after, int64_t now);

#endif

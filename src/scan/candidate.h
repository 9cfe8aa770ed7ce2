/* scan/candidate.h - rules that are tried on live mail: each message is judged by them, too, and
 * what comes of it is told, never done.
 *
 * The candidate is an overlay directory (paths.candidate) that stands in place of the site's own;
 * shipped rules and lists are the live ones. What only the candidate looks for is a set of patterns
 * of its own in the workers, so that nothing of it can touch what judges. It is judged when the
 * sender has been answered.
 *
 * Input    files of the administrator; facts, hostile.
 * Memory   an arena of its own, until candidate_free; borrows the live rules.
 * Limits   CANDIDATE_MAX_BYTES of compiled patterns. YARA rules and programs in Lua that only the
 *          candidate has are not run (side.unseen): they would spend the time of live messages.
 * Threads  const once loaded: any number.
 * Errors   candidate_load: negative errno and why; the gateway goes on without.
 */
#ifndef SCAN_CANDIDATE_H
#define SCAN_CANDIDATE_H

#include "policy/verdict.h"
#include "replay/replay.h"

enum { CANDIDATE_MAX_BYTES = 64 << 20 };

struct candidate {
	struct arena *arena;
	struct rules *rules; /* its patterns are those that the live rules lack */
	uint64_t id;  /* of all its rules (ruleprint_rules): what poterne replay --live shows */
	uint64_t set; /* what messages are inspected by (ruleprint_patterns) */
	str patterns; /* for workers */
	struct replay_side side;
};

/* *ret stays NULL when no candidate is configured. live must outlive it. */
int candidate_load(const struct conf *conf, const struct rules *live, struct candidate **ret,
		   struct why *why) must_use;
/* Takes NULL. */
void candidate_free(struct candidate *c);
/* The compiled rules of conduct.c with those of the candidate behind them; lives as long as c. */
str candidate_with_patterns(const struct candidate *c, str compiled);

/* False: the message was not inspected by this candidate. Adds to k what the candidate found, and
 * compares its verdict with before, which is that of the live rules. */
bool candidate_judge(const struct candidate *c, struct arena *a, const struct rules *live,
		     const struct facts *facts, const struct verdict *before, struct kept *k,
		     struct replay_result *ret);
/* "+NEW=3.00 -GONE=1.00 OTHER=2.00>5.00" */
str candidate_differences(struct arena *a, const struct replay_result *r);

#endif

/* replay/replay.h - judges kept messages again, by two sets of rules, and says what differs.
 *
 * What a worker matched in a text that is not kept cannot be matched again. A pattern that both
 * sets have is as it was found; one that only the candidate has, or has changed, is matched
 * anew in what is kept (header fields, links, file names), or counts as not matched and is named
 * as unseen.
 *
 * Input    kept messages: hostile values. Rules: trusted.
 * Memory   in the arenas given; a side ends with replay_side_free.
 * Limits   those of the rules and of replay/kept.h.
 * Threads  a side is used by one thread at a time.
 * Errors   replay_side_init: negative errno and why; judging cannot fail.
 */
#ifndef REPLAY_REPLAY_H
#define REPLAY_REPLAY_H

#include "replay/kept.h"

/* Rules and configuration that messages are judged by. */
struct replay_side {
	struct arena *arena;
	const struct rules *rules;
	struct verdict_options options;
	struct patterns *anew; /* or NULL */
	ARENA_VEC(const struct rules_symbol *) unseen;
	uint64_t *fired; /* by index of symbol: messages that raised it */
};

/* reference: the rules that kept messages were inspected by; rules themselves, or the other
 * side's. options.now is set for each message. */
int replay_side_init(struct replay_side *s, struct arena *a, const struct rules *rules,
		     const struct rules *reference, struct verdict_options options, struct why *why)
	must_use;
/* For messages that workers inspected by these rules besides the live ones: all is as it was found
 * but programs that only these have, which workers do not run. */
int replay_side_init_tried(struct replay_side *s, struct arena *a, const struct rules *rules,
			   const struct rules *live, struct verdict_options options,
			   struct why *why) must_use;
void replay_side_free(struct replay_side *s);
/* a is the message's. By any number of threads when nothing is to be matched anew. */
void replay_judge(const struct replay_side *s, struct arena *a, const struct kept *k,
		  struct verdict *ret);

/* A symbol that is there on one side only, or weighs differently. */
struct replay_difference {
	const struct verdict_symbol *before, *after; /* one may be NULL */
};

struct replay_counts {
	uint64_t messages, treated_otherwise, other_score;
	uint64_t from_to[ACTIONS][ACTIONS];
	uint64_t not_as_kept; /* judged otherwise by the present rules than when it came */
	uint64_t older;	      /* inspected by other patterns than the present ones */
	uint64_t not_tried;   /* not inspected by the candidate that is asked about: left out */
};

struct replay_result {
	struct verdict before, after;
	ARENA_VEC(struct replay_difference) differences;
};

struct replay {
	struct replay_side before, after;
	uint64_t pattern_set; /* of the present rules */
	struct replay_counts counts;
};

/* Notes what differs between two verdicts; the first is by those rules, the second by these. */
void replay_differences(struct arena *a, const struct rules *before, const struct rules *after,
			struct replay_result *both);
/* Counts two verdicts over one message, and notes what differs. */
void replay_compare(struct replay *r, struct arena *a, struct replay_result *both);
/* Judges a kept message on both sides and compares. */
void replay_message(struct replay *r, struct arena *a, const struct kept *k,
		    struct replay_result *ret);

#endif

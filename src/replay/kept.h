/* replay/kept.h - what is kept of a judged message so that it can be judged again by other
 * rules: facts, envelope, evidence, and the verdict it got. No text of the message is in it, and
 * none of its bytes but header fields, names, links and what findings quote.
 *
 * Input    kept_decode: bytes of our own files, possibly damaged, with hostile content.
 * Memory   everything lives in the caller's arena; decoded strings point into the input.
 * Limits   KEPT_MAX_BYTES; a message that needs more is not kept.
 * Threads  pure.
 * Errors   kept_decode answers false and nothing is believed; so it does for what another
 *          version of the program kept.
 */
#ifndef REPLAY_KEPT_H
#define REPLAY_KEPT_H

#include "policy/verdict.h"

enum {
	KEPT_MAX_BYTES = 512 << 10,
	KEPT_MAX_RECIPIENTS = 1000,
	KEPT_MAX_EVIDENCE = 1000,
	KEPT_MAX_HITS = 2 * FACTS_MAX_HITS,
	KEPT_MAX_TEXT = 4096, /* of an envelope's member, or of one piece of evidence */
};

/* A pattern that matched, by name: its number is that of one set of rules. */
struct kept_hit {
	str symbol;
	uint64_t print; /* replay/ruleprint.h */
	str evidence;
	uint32_t part;
};

struct kept_reply {
	str list;
	uint32_t code;
	bool refused;
	str asked;
};

struct kept {
	int64_t at;		/* when it was judged, wall clock */
	uint64_t pattern_set;	/* what it was inspected by: ruleprint_patterns */
	uint64_t candidate_set; /* and by those of candidate rules, too; 0: of none */
	struct envelope envelope;
	struct facts facts;		 /* without hits, text, features, signatures and extracts */
	ARENA_VEC(struct kept_hit) hits; /* of both */
	ARENA_VEC(struct evidence_symbol) evidence;
	ARENA_VEC(struct kept_reply) replies;
	bool temporary;
	/* the verdict */
	enum action intended;
	int32_t score;
	str decision; /* a symbol; empty: the score */
};

/* Borrows from all of them. rules are those v was made by. */
void kept_make(struct arena *a, const struct rules *rules, uint64_t pattern_set, int64_t at,
	       const struct envelope *envelope, const struct facts *facts,
	       const struct evidence *evidence, const struct verdict *v, struct kept *ret);
/* What candidate rules found besides, and which those are. */
void kept_add_candidate(struct arena *a, const struct rules *candidate,
			const struct facts_candidate *found, struct kept *k);
/* False: it is too large to be kept. */
bool kept_encode(struct arena *a, const struct kept *k, str *ret) must_use;
bool kept_decode(struct arena *a, str in, struct kept *ret) must_use;

#endif

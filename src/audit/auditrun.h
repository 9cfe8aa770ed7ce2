/* audit/auditrun.h - a whole audit: what can be tested from here is sent, one message at a time
 * and not faster than asked, then arrivals are waited for, then all is judged.
 *
 * Input    the caller's wishes; a hostile gateway and a hostile mailbox.
 * Memory   the run's own arena; rows live until auditrun_free.
 * Limits   AUDITRUN_ROWS rows; those of the rooms below.
 * Threads  one at a time.
 * Errors   negative errno and a why: the environment. What the gateway does is a finding.
 */
#ifndef AUDIT_AUDITRUN_H
#define AUDIT_AUDITRUN_H

#include "audit/dialogue.h"
#include "audit/fate.h"
#include "audit/letter.h"
#include "audit/watch.h"

enum { AUDITRUN_ROWS = 20000 };

struct auditrun_spec {
	struct talk_target target;
	str target_name; /* HOST:PORT as it was asked for */
	struct letter_world world;
	struct dialogue_wishes dialogue;
	uint64_t seed;
	const char *const *only, *const *skip; /* patterns of ids (fnmatch); only: none is all */
	size_t n_only, n_skip;
	int64_t pause_ms; /* between the beginnings of two messages */
	int64_t wait_ms;  /* for what was accepted, after the last one */
	struct watch watch;
	const char *journal; /* NULL: none */
	bool dry;	     /* plans only */
	bool loopback;	     /* the target is this machine */
	/* After each row that was worked on, and while it waits (row is NULL then). */
	void (*progress)(void *ctx, size_t done, size_t total, const struct fate_row *row);
	void *progress_ctx;
};

struct auditrun {
	struct arena *arena;
	ARENA_VEC(struct fate_row) rows;
	str run;
	str greeting; /* of the gateway */
	bool xclient, starttls;
	size_t strays; /* arrivals of nobody's */
};

int auditrun(const struct auditrun_spec *spec, struct auditrun **ret, struct why *why) must_use;
/* Takes NULL. */
void auditrun_free(struct auditrun *r);

#endif

/* spool/recovery.h - what the spool holds when the process starts.
 *
 * recovery_scan reads all segments in order and makes the index anew. Verified are: the header
 * and the head (envelope, state, tombstone) of every record; the body of a message that was
 * moved while the old one is still there, and of those in the newest segment, which alone may
 * hold writes that were not synced. All other bodies are verified before each attempt.
 *
 * Input    files on our disk, possibly torn or altered: what is not a record is copied to
 *          spool/corrupt and reported.
 * Memory   what the visitor is shown ends with the call.
 * Limits   linear in the size of the segments' heads.
 * Threads  once, before the first commit.
 * Errors   negative errno and why: the segments cannot be listed or read at all.
 */
#ifndef SPOOL_RECOVERY_H
#define SPOOL_RECOVERY_H

#include "spool/spool.h"

struct recovery_visitor {
	void *ctx;
	void (*message)(void *ctx, const struct spoolmeta *m, const struct spool_state *state);
	/* Set apart, or left in place when it could not even be read. */
	void (*bad)(void *ctx, const char *name, const char *reason);
};

/* Part of spool_open. */
int recovery_scan(struct spool *s, struct why *why) must_use;
/* Notes damage for the visitor. */
void recovery_report(struct spool *s, const char *name, const char *reason);

/* Shows every message and what was found damaged. */
int recovery_run(struct spool *s, const struct recovery_visitor *v, struct why *why) must_use;

#endif

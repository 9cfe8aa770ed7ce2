/* spool/recovery.h - what the spool holds when the process starts.
 *
 * Reads the head of every file in spool/queue. A file that is not what was written is set
 * apart and reported; sidecars without a message are removed.
 *
 * Input    files on our disk, possibly torn or altered.
 * Memory   what the visitor is shown ends with the call.
 * Limits   linear in the number of messages; bodies are not read here but at delivery.
 * Threads  once, after spool_open and before the first commit.
 * Errors   negative errno and why: the queue cannot be listed.
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

int recovery_run(struct spool *s, const struct recovery_visitor *v, struct why *why) must_use;

#endif

/* spool/spool.h - accepted messages on their way out, on disk: what is in here survives
 * kill -9 and power loss. README.md proves it, state by state.
 *
 * Input    envelopes and bodies from poterne-scan, already checked; files on our disk,
 *          possibly torn or altered: such a file is set apart, never delivered, never deleted.
 * Memory   embedded in its owner; what is read lives in the caller's arena.
 * Limits   a reserve of disk space is never filled (SPOOLFILE_RESERVE_*): -ENOSPC, nothing left
 * behind. Threads  internally locked: any number may commit, read and settle different messages.
 * Errors   negative errno and why; SPOOL_E_* as said at each function.
 */
#ifndef SPOOL_SPOOL_H
#define SPOOL_SPOOL_H

#include "base/why.h"
#include "mail/bodyparts.h"
#include "spool/disposition.h"
#include "spool/groupsync.h"
#include "spool/spoolmeta.h"
#include "spool/spoolstate.h"

enum {
	SPOOL_OK,
	SPOOL_E_ALREADY, /* the same message was committed before: it is durable */
	SPOOL_E_ABSENT,	 /* no such message */
	SPOOL_E_CORRUPT, /* it was moved to spool/corrupt, why says what is wrong */
};

/* The points between which the power may fail; tests stop there. */
enum spool_step {
	SPOOL_AT_CREATED,	/* spool/new/ID is there, empty */
	SPOOL_AT_WRITTEN,	/* all bytes written */
	SPOOL_AT_SYNCED,	/* all bytes on disk */
	SPOOL_AT_RENAMED,	/* spool/queue/ID is there */
	SPOOL_AT_COMMITTED,	/* the name is on disk; 250 may be said */
	SPOOL_AT_STATE_WRITTEN, /* new sidecar on disk under spool/new */
	SPOOL_AT_STATE_RENAMED, /* new sidecar in its place */
	SPOOL_AT_UNLINKED,	/* message gone, sidecar still there */
	SPOOL_STEPS
};

struct spool {
	int lock_fd, new_fd, queue_fd, corrupt_fd;
	struct groupsync sync; /* of spool/queue */
	/* Tests only: called at each step, may end the process. */
	void (*at_step)(void *ctx, enum spool_step step);
	void *at_ctx;
};

/* Opens or makes spool/ below dirfd and removes what was never committed. -EWOULDBLOCK:
 * another process has it open. */
int spool_open(struct spool *s, int dirfd, struct why *why) must_use;
void spool_close(struct spool *s);

/* The message is ours only once this returns SPOOL_OK or SPOOL_E_ALREADY: the caller may
 * then say 250. body_size and body_hash of m are taken from body. */
int spool_commit(struct spool *s, struct arena *a, const struct spoolmeta *m,
		 const struct bodyparts *body, struct why *why) must_use;

struct spool_message {
	struct spoolmeta meta;
	struct spool_state state;
	int fd;		 /* the caller's */
	uint64_t offset; /* of the body, meta.body_size bytes */
};
/* The whole message, checksums verified. SPOOL_E_ABSENT, SPOOL_E_CORRUPT. */
int spool_read(struct spool *s, struct arena *a, struct spool_id id, struct spool_message *ret,
	       struct why *why) must_use;

/* Envelope and state only; the body is not looked at. SPOOL_E_ABSENT, SPOOL_E_CORRUPT (the
 * file stays where it is). */
int spool_peek(struct spool *s, struct arena *a, struct spool_id id, struct spoolmeta *ret,
	       struct spool_state *ret_state, struct why *why) must_use;
/* Moves a file of the queue, and its sidecar, to spool/corrupt under a free name. */
int spool_set_apart(struct spool *s, const char *name, struct why *why) must_use;
/* The sidecar, or the state of a message never tried when it is lost or malformed. */
struct spool_state spool_get_state(struct spool *s, struct arena *a, const struct spoolmeta *m);

/* Remembers how far delivery has come. */
int spool_put_state(struct spool *s, struct arena *a, struct spool_id id,
		    const struct spool_state *state, struct why *why) must_use;
/* Delivered, or kept elsewhere: forgets the message. */
int spool_done(struct spool *s, struct spool_id id, struct why *why) must_use;

#endif

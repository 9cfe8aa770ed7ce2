/* spool/spool.h - accepted messages on their way out, on disk: what is in here survives
 * kill -9 and power loss. README.md proves it, state by state.
 *
 * Input    envelopes and bodies from poterne-scan, already checked; segments on our disk,
 *          possibly torn or altered: a damaged message is set apart, never delivered, never
 *          deleted.
 * Memory   embedded in its owner; what is read lives in the caller's arena; about 200 bytes
 *          for each message.
 * Limits   SPOOLINDEX_MAX messages; a reserve of disk space is never filled
 *          (SPOOLFILE_RESERVE_*): -ENOSPC, nothing left behind.
 * Threads  internally locked: any number may commit, read and settle different messages.
 * Errors   negative errno and why; SPOOL_E_* as said at each function.
 */
#ifndef SPOOL_SPOOL_H
#define SPOOL_SPOOL_H

#include "base/why.h"
#include "mail/bodyparts.h"
#include "spool/disposition.h"
#include "spool/segments.h"
#include "spool/spoolindex.h"
#include "spool/spoolmeta.h"
#include "spool/spoolstate.h"

enum {
	SPOOL_OK,
	SPOOL_E_ALREADY, /* the same message was committed before: it is durable */
	SPOOL_E_ABSENT,	 /* no such message */
	SPOOL_E_CORRUPT, /* it was moved to spool/corrupt, why says what is wrong */
};

enum { SPOOL_MAX_DAMAGES = 1000 };

/* What was found damaged at the start. */
struct spool_damage {
	char name[80];
	char reason[200];
};

struct spool {
	int lock_fd, corrupt_fd;
	struct segments log;
	struct spoolindex index; /* under log.lock */
	struct arena *arena;	 /* of damages */
	ARENA_VEC(struct spool_damage) damages;
};

/* Opens or makes spool/ below dirfd and finds what is in it; messages of the former format
 * (a file each) are taken over. -EWOULDBLOCK: another process has it open. */
int spool_open(struct spool *s, int dirfd, struct why *why) must_use;
/* The same on another disk or with segments of another size (0: the usual): for tests. */
int spool_open_on(struct spool *s, int dirfd, const struct spoolio *io, uint64_t segment_bytes,
		  struct why *why) must_use;
/* Tombstones and states not yet synced are. */
void spool_close(struct spool *s);

/* The message is ours only once this returns SPOOL_OK or SPOOL_E_ALREADY: the caller may
 * then say 250. body_size and body_hash of m are taken from body. -EEXIST: another message
 * has this id. */
int spool_commit(struct spool *s, struct arena *a, const struct spoolmeta *m,
		 const struct bodyparts *body, struct why *why) must_use;
/* The same, but durable only when *ret_ticket is waited for (groupsync_wait on log.sync). */
int spool_append(struct spool *s, struct arena *a, const struct spoolmeta *m,
		 const struct bodyparts *body, uint64_t *ret_ticket, struct why *why) must_use;

struct spool_message {
	struct spoolmeta meta;
	struct spool_state state;
	int fd;		 /* the caller's: sealed, with the body of this message only */
	uint64_t offset; /* of the body, meta.body_size bytes: 0 */
};
/* The whole message, checksums verified. SPOOL_E_ABSENT, SPOOL_E_CORRUPT. */
int spool_read(struct spool *s, struct arena *a, struct spool_id id, struct spool_message *ret,
	       struct why *why) must_use;

/* Envelope and state only; the body is not looked at. SPOOL_E_ABSENT, SPOOL_E_CORRUPT (the
 * message stays where it is). */
int spool_peek(struct spool *s, struct arena *a, struct spool_id id, struct spoolmeta *ret,
	       struct spool_state *ret_state, struct why *why) must_use;

/* Remembers how far delivery has come, durably. -ENOENT: no such message. */
int spool_put_state(struct spool *s, struct arena *a, struct spool_id id,
		    const struct spool_state *state, struct why *why) must_use;
/* Delivered, or kept elsewhere: forgets the message, durably with the next sync. -ENOENT. */
int spool_done(struct spool *s, struct spool_id id, struct why *why) must_use;
/* Disk space of the segments, whatever lives in them. */
uint64_t spool_bytes(struct spool *s);

/* How many messages there are. */
size_t spool_count(struct spool *s);

#endif

/* quarantine/quarantine.h - messages kept apart: one compressed file each, which tells
 * everything about itself, and an index of them that can be made again from the files.
 *
 *   quarantine/AB/ID.zst   a zstd skippable frame with the spoolmeta (spool/spoolfile.h),
 *                          then the body as a zstd frame: zstd -dc shows the message
 *
 * Input    envelopes and bodies already checked; files on our disk, possibly torn.
 * Memory   embedded in its owner; what is read lives in the caller's arena.
 * Limits   the disk's reserve, as the spool; bodies of the size their head says.
 * Threads  internally locked: any number may put, read and drop different messages.
 * Errors   negative errno and why; QUARANTINE_E_*.
 */
#ifndef QUARANTINE_QUARANTINE_H
#define QUARANTINE_QUARANTINE_H

#include "base/why.h"
#include "mail/bodyparts.h"
#include "records/quarantineindex.h"
#include "spool/spoolmeta.h"

enum {
	QUARANTINE_OK,
	QUARANTINE_E_ABSENT,
	QUARANTINE_E_CORRUPT, /* the file is not what was written */
};

/* Steps between which tests end the process. */
enum quarantine_step {
	QUARANTINE_AT_WRITTEN,
	QUARANTINE_AT_RENAMED,
	QUARANTINE_AT_KEPT,
	QUARANTINE_STEPS
};

struct quarantine {
	int dir_fd, new_fd;
	struct quarantineindex *index; /* borrowed; NULL while it cannot be opened */
	void (*at_step)(void *ctx, enum quarantine_step step); /* tests only */
	void *at_ctx;
};

/* Opens or makes quarantine/ below dirfd and removes what was never kept. */
int quarantine_open(struct quarantine *q, int dirfd, struct quarantineindex *index, struct why *why)
	must_use;
void quarantine_close(struct quarantine *q);

struct quarantine_visitor {
	void *ctx;
	void (*found)(void *ctx, const char *id);   /* a file without a row got one */
	void (*missing)(void *ctx, const char *id); /* a row without a file was marked */
	void (*bad)(void *ctx, const char *name, const char *reason); /* left where it is */
};
/* Makes index and files agree: once, at start. */
int quarantine_reconcile(struct quarantine *q, const struct quarantine_visitor *v, struct why *why)
	must_use;

/* Kept for good once this returns 0: file and row are durable. m->held_class, held_reason
 * and queued_at (since when it is held) are set. An older file of the same id is replaced. */
int quarantine_put(struct quarantine *q, struct arena *a, const struct spoolmeta *m,
		   const struct bodyparts *body, struct why *why) must_use;
/* *ret_fd is a sealed memfd with the body. E_ABSENT, E_CORRUPT. */
int quarantine_read(struct quarantine *q, struct arena *a, struct spool_id id,
		    struct spoolmeta *ret, int *ret_fd, struct why *why) must_use;
/* State "released" in the index; the file stays until it expires. E_ABSENT. */
int quarantine_mark_released(struct quarantine *q, struct spool_id id, struct why *why) must_use;
/* File and row are gone. E_ABSENT. */
int quarantine_drop(struct quarantine *q, struct spool_id id, struct why *why) must_use;
/* Drops up to n messages held since before that time. One that cannot be dropped is passed
 * over and makes the call fail; *ret_n is how many were dropped, even then. */
int quarantine_expire(struct quarantine *q, int64_t before, size_t n, size_t *ret_n,
		      struct why *why) must_use;

#endif

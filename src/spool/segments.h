/* spool/segments.h - the log on disk: segment files to whose last one records are appended.
 *
 *   spool/segments/NNNNNNNNNNNNNNNN   in the order of their numbers, hexadecimal
 *   spool/segments/spare              the next one, its room reserved, no content yet
 *   spool/segments/large              the same for one message above the usual size
 *
 * Only the newest is written to, and only the oldest is removed: what a record says of an
 * earlier one is never needed longer than it is there.
 *
 * Input    trusted records; the descriptors of old segments come from recovery.
 * Memory   embedded in its owner; segments are allocated one by one.
 * Limits   a reserve of disk space is never filled (SPOOLFILE_RESERVE_*), and while a spare
 *          is there states and tombstones can be written although the disk is full.
 * Threads  whoever appends or removes holds append; list, places and users are changed under
 *          lock, too, which is a leaf and held for no input or output.
 * Errors   negative errno and why.
 */
#ifndef SPOOL_SEGMENTS_H
#define SPOOL_SEGMENTS_H

#include "base/list.h"
#include "base/why.h"
#include "mail/bodyparts.h"
#include "spool/groupsync.h"
#include "spool/spoolio.h"
#include "spool/spoolrecord.h"

enum {
	SEGMENTS_MOST_BYTES = 64 << 20,
	SEGMENTS_LEAST_BYTES = 1 << 20,
	SEGMENTS_SHARE = 64, /* of a small disk: the slack of compaction is a part of it, too */
	SEGMENTS_NAME = 17,
};

/* The points between which the power may fail; tests stop there. */
enum spool_step {
	SPOOL_AT_APPENDED,	 /* a message is written, not synced */
	SPOOL_AT_COMMITTED,	 /* it is synced; 250 may be said */
	SPOOL_AT_STATE_APPENDED, /* not synced */
	SPOOL_AT_DONE_APPENDED,	 /* not synced */
	SPOOL_AT_MADE,		 /* spare or large is there */
	SPOOL_AT_MARKED,	 /* and has a header, which is synced */
	SPOOL_AT_NAMED,		 /* and the name of a segment */
	SPOOL_AT_READY,		 /* and the name is on disk */
	SPOOL_AT_MOVED,		 /* a message of the oldest segment is appended again, not synced */
	SPOOL_AT_MOVES_SYNCED,	 /* it is synced; the old one is still there */
	SPOOL_AT_REMOVED,	 /* the oldest segment is gone, perhaps not yet on disk */
	SPOOL_STEPS
};

struct segment {
	struct list link;     /* of all, oldest first */
	struct list messages; /* those whose newest record is here */
	uint64_t number, mark;
	uint64_t size; /* of the file */
	uint64_t used; /* where the next record goes */
	int fd;
	unsigned users; /* who reads or syncs it: it is not closed */
	/* A sync of it failed. Another one that succeeds would say nothing about what that one
	 * lost, so none is tried, and nothing more is appended. */
	_Atomic bool spoiled;
};

/* Where a record is. */
struct place {
	struct segment *segment; /* NULL: nowhere */
	uint64_t at, body;
	uint32_t head;
};

struct segments {
	const struct spoolio *io;
	int dirfd; /* owned */
	uint64_t usual;
	pthread_mutex_t append, lock;
	struct list all;
	struct segment *active; /* NULL until the first record */
	int spare;		/* -1: none */
	uint64_t next_number;
	uint64_t bytes; /* of all files but the spare */
	struct groupsync sync;
	/* Tests only: called at each step, may end the process. */
	void (*at_step)(void *ctx, enum spool_step step);
	void *at_ctx;
};

/* dirfd: spool/segments, owned from here on. usual: bytes of a segment. */
void segments_init(struct segments *g, const struct spoolio *io, int dirfd, uint64_t usual);
void segments_end(struct segments *g);
/* The size for segments on the file system of fd. */
uint64_t segments_usual(int fd);
/* Adds a segment found at start, newer than all others; owns fd. */
struct segment *segments_add(struct segments *g, uint64_t number, uint64_t mark, uint64_t size,
			     int fd);
void segments_name(uint64_t number, char ret[SEGMENTS_NAME]);

/* Writes one record behind the last, which is durable once the ticket of *ret_ticket is waited
 * for. append is held. A message or nothing (-ENOSPC) leaves room for states and tombstones;
 * body may be NULL. What a failed write left is written over by the next. */
int segments_append(struct segments *g, enum spoolrecord_type type, str head,
		    const struct bodyparts *body, struct place *ret, uint64_t *ret_ticket,
		    struct why *why) must_use;
/* Removes the oldest segment when it is not the active one, no message is left in it and
 * nobody uses it. False: there is none such, or (with why) it could not be removed. */
bool segments_remove_oldest(struct segments *g, struct why *why) must_use;

void segments_step(const struct segments *g, enum spool_step step);

/* The bytes a record takes. */
static inline uint64_t segments_bytes(const struct place *p)
{
	return p->segment ? spoolrecord_bytes(p->head, p->body) : 0;
}
static inline bool segments_same_place(const struct place *a, const struct place *b)
{
	return a->segment == b->segment && a->at == b->at;
}

#endif

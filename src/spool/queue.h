/* spool/queue.h - which message is to be tried when: a heap in memory over the spool.
 *
 * The queue is only a schedule: everything in it is also on disk, and is rebuilt from
 * there at start.
 *
 * Input    trusted.
 * Memory   entries live in the arena given to queue_new and are used again.
 * Limits   QUEUE_MAX messages, then queue_add answers false.
 * Threads  one at a time: the owner locks.
 * Errors   cannot fail but for the limit. due_at and now are milliseconds of
 *          CLOCK_MONOTONIC, so setting the clock moves no attempt; queued_at and the now of
 *          queue_expired are milliseconds since 1970.
 */
#ifndef SPOOL_QUEUE_H
#define SPOOL_QUEUE_H

#include "base/arena.h"
#include "base/list.h"
#include "spool/spoolid.h"

enum {
	QUEUE_MAX = 1000000,
	QUEUE_JITTER_PERCENT = 10, /* so that what failed together is not tried together */
};

struct queue_policy {
	const int64_t *retry_ms; /* pauses between attempts; the last one repeats */
	size_t n;
	int64_t max_age_ms;
};

struct queue_entry {
	struct list link; /* of all entries, oldest first */
	struct spool_id id;
	int64_t queued_at, due_at;
	uint32_t attempts;
	unsigned lost; /* attempts in a row of which no answer came back */
	size_t at;     /* place in the heap; QUEUE_TAKEN while someone delivers it */
};

#define QUEUE_TAKEN SIZE_MAX

struct queue {
	struct arena *arena;
	struct queue_entry **heap;
	size_t n, cap; /* waiting */
	size_t total;  /* waiting or taken */
	struct list all, unused;
	uint64_t random;
};

/* seed: any number; the jitter follows from it. */
void queue_init(struct queue *q, struct arena *a, uint64_t seed);
/* A message on disk, due at due_at. False: too many. */
bool queue_add(struct queue *q, struct spool_id id, int64_t queued_at, uint32_t attempts,
	       int64_t due_at) must_use;
/* The message that is due the longest, now the caller's until queue_put_back or queue_remove;
 * NULL when none is due. */
struct queue_entry *queue_take(struct queue *q, int64_t now) must_use;
/* When the next one is due; INT64_MAX when none waits. */
int64_t queue_next(const struct queue *q);
/* Puts a taken entry back, to be taken again at due_at. */
void queue_put_back(struct queue *q, struct queue_entry *e, int64_t due_at, uint32_t attempts);
/* True when it has been tried long enough: the next failure is the last. */
bool queue_expired(const struct queue_entry *e, const struct queue_policy *p, int64_t now);
/* Forgets a taken entry. */
void queue_remove(struct queue *q, struct queue_entry *e);
/* NULL when absent. */
struct queue_entry *queue_find(struct queue *q, struct spool_id id);
/* Makes a waiting entry due now; one that is being delivered stays as it is. */
void queue_hurry(struct queue *q, struct queue_entry *e, int64_t now);
/* The longest pause of all, jitter included. */
int64_t queue_longest_pause(const struct queue_policy *p);
/* The pause before attempt number attempts + 1, jitter included. */
int64_t queue_pause(struct queue *q, const struct queue_policy *p, uint32_t attempts);

#endif

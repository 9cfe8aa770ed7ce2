/* spool/queue.h - what is to be tried when, and where: the schedule in memory over the
 * spool.
 *
 * What is scheduled is a part: one message at one destination. Each destination has its own
 * order (the oldest message that is due comes first), its own number of deliveries at a time
 * and its own trouble:
 *
 *   concurrency  begins at QUEUE_FIRST_CONCURRENCY, grows by one after as many answers as it
 *                counts, is halved when the destination is unreachable;
 *   backoff      unreachable at a concurrency of one: a single message is tried at growing
 *                pauses, the others wait without an attempt of their own. When it answers,
 *                all begin again, the oldest first and one at a time;
 *   share        no destination has more than its cap of the workers, and the last quarter
 *                of them is for destinations that have none.
 *
 * The queue is only a schedule: everything in it is also on disk, and is rebuilt from
 * there at start.
 *
 * Input    trusted. Destinations may be many: their names come from envelopes.
 * Memory   messages, parts and destinations live in the arena given to queue_init and are
 *          used again.
 * Limits   QUEUE_MAX and what follows it, then queue_add answers NULL. Destinations without
 * messages are remembered up to QUEUE_IDLE_DESTINATIONS. Threads  one at a time: the owner locks.
 * Costs    O(log n) amortised for each function that names no other.
 * Errors   cannot fail but for the limit. due_at and now are milliseconds of
 *          CLOCK_MONOTONIC, so setting the clock moves no attempt; queued_at and wall are
 *          milliseconds since 1970, for ages only.
 */
#ifndef SPOOL_QUEUE_H
#define SPOOL_QUEUE_H

#include "base/arena.h"
#include "base/heap.h"
#include "base/list.h"
#include "spool/spoolid.h"

enum {
	QUEUE_MAX = 1000000,	   /* messages */
	QUEUE_MAX_PARTS = 2000000, /* with those of one message more */
	QUEUE_MAX_NAMES = 300000,  /* of destinations, likewise */
	QUEUE_SPARE = 20000,	   /* of each, for notifications and what is on its way */
	QUEUE_JITTER_PERCENT = 10, /* so that what failed together is not tried together */
	QUEUE_FIRST_CONCURRENCY = 5,
	QUEUE_PROBE_MAX_MS = 10 * 60 * 1000, /* between two attempts at what is unreachable */
	QUEUE_IDLE_DESTINATIONS = 1000,
	QUEUE_NAME_MAX = 260, /* of a destination, as in message deliver */
	QUEUE_REPLY_MAX = 256,
};

struct queue_policy {
	const int64_t *retry_ms; /* pauses between attempts; the last one repeats */
	size_t n;
	int64_t max_age_ms;
	int64_t warn_after_ms; /* age at which its sender is told of the delay; 0: never */
	size_t workers;	       /* how many parts can be out at a time */
};

struct queue_time {
	int64_t now, wall;
};

/* How a destination stands. */
struct queue_destination {
	struct list link; /* of those that could give a part now, or of the idle ones */
	struct queue_destination *same; /* the next one in the table of names */
	char name_bytes[QUEUE_NAME_MAX];
	size_t name_n;
	struct heap ready;	/* parts that are due, the oldest message first */
	struct heap waiting;	/* parts by due_at */
	struct heap_node timer; /* when it can give a part, while it cannot now */
	struct list probed;	/* parts that met it unreachable; due when it answers */
	size_t parts, taken, held;
	size_t cap, limit; /* deliveries at a time: at most, and now */
	size_t good;	   /* answers since the limit changed */
	uint32_t failures; /* probes in a row that failed; above 0 is backoff */
	int64_t probe_at;
	char reply_bytes[QUEUE_REPLY_MAX]; /* what it said last */
	size_t reply_n;
};

/* An element of the list of all messages, or a place of somebody who walks it. */
struct queue_link {
	struct list link;
	bool is_walker;
};

struct queue_message {
	struct queue_link place;
	struct queue_message *same; /* the next one in the table of ids */
	struct spool_id id;
	int64_t queued_at;
	uint64_t number; /* in the order of arrival */
	struct list parts;
	size_t taken; /* parts that are out, and warnings */
	bool held;
	struct heap_node warning;
	const void *routed_by; /* the owner's: what its parts were made from; NULL: no longer */
};

enum queue_place { QUEUE_WAITING, QUEUE_READY, QUEUE_HELD, QUEUE_TAKEN };

struct queue_entry {
	struct list link; /* of its message */
	struct list probed;
	struct queue_message *message;
	struct queue_destination *to;
	enum queue_place at;
	struct heap_node node;
	int64_t due_at;
	uint32_t attempts;
	unsigned lost; /* attempts in a row of which no answer came back */
	bool urgent;   /* somebody asked for it by name: before older ones */
};

struct queue {
	struct arena *arena;
	const struct queue_policy *policy;
	struct list all; /* struct queue_link: messages in the order of arrival */
	size_t total, n_parts;
	size_t taken; /* parts that are out */
	struct queue_message **by_id;
	struct queue_destination **by_name;
	size_t n_by_id, n_by_name; /* sizes of the tables, powers of two */
	size_t n_destinations, n_idle, n_backoff;
	struct list free_messages, free_entries, free_destinations;
	struct list fresh, busy; /* destinations that could give a part: none out yet, some out */
	struct list idle;	 /* without parts, the longest idle first */
	struct heap timers;	 /* of destinations */
	struct heap warnings;	 /* of messages */
	uint64_t arrivals;
	uint64_t random;
};

/* seed: any number; the jitter follows from it. */
void queue_init(struct queue *q, struct arena *a, const struct queue_policy *p, uint64_t seed);
/* From now on by another policy; it is borrowed. */
void queue_set_policy(struct queue *q, const struct queue_policy *p);
/* A message on disk, of an id that is not here, without parts as yet: the caller adds some
 * at once. warn: its sender is to be told when it is late. NULL: too many. */
struct queue_message *queue_add(struct queue *q, struct spool_id id, int64_t queued_at, bool held,
				bool warn) must_use;
/* False: no new message should be accepted, as it might wait on disk until a restart. */
bool queue_has_room(const struct queue *q);
/* A destination of it; name up to QUEUE_NAME_MAX bytes, cap: deliveries at a time. */
void queue_add_part(struct queue *q, struct queue_message *m, str name, size_t cap,
		    uint32_t attempts, int64_t due_at, struct queue_time t);
/* NULL when absent. */
struct queue_message *queue_find(struct queue *q, struct spool_id id);
/* The part of a message at that destination, NULL when it has none. O(its parts). */
struct queue_entry *queue_part(struct queue_message *m, str name);

enum queue_job {
	QUEUE_DELIVER,
	QUEUE_EXPIRE /* too old, and its destination is known to be unreachable: give up */
};
/* What is to be done now, the caller's until queue_put_back or queue_remove; NULL: nothing. */
struct queue_entry *queue_take(struct queue *q, struct queue_time t, enum queue_job *ret) must_use;
/* A message whose sender is to be told of the delay, the caller's until queue_warned. Each
 * comes once. NULL: none. */
struct queue_message *queue_take_warning(struct queue *q, int64_t wall) must_use;
void queue_warned(struct queue *q, struct queue_message *m);
/* When there may be something to do (milliseconds of CLOCK_MONOTONIC, 0: now); INT64_MAX:
 * not before something changes. */
int64_t queue_next(const struct queue *q, struct queue_time t);

enum queue_answer {
	QUEUE_REACHED,	   /* it talked to us, whatever it said */
	QUEUE_UNREACHABLE, /* any other message would have met the same */
};
/* What a taken part learned of its destination, and what that said. */
void queue_learn(struct queue *q, struct queue_entry *e, struct queue_time t,
		 enum queue_answer answer, str reply);
/* Puts a taken part back, to be taken again at due_at, or kept when its message is held. */
void queue_put_back(struct queue *q, struct queue_entry *e, int64_t due_at, uint32_t attempts,
		    struct queue_time t);
/* Forgets a taken part, and its message with the last one. */
void queue_remove(struct queue *q, struct queue_entry *e, struct queue_time t);

/* True when it has been tried long enough: the next failure is the last. */
bool queue_expired(const struct queue *q, const struct queue_message *m, int64_t wall);
/* Its parts are not given out until queue_release; those that are out come back first. */
void queue_hold(struct queue *q, struct queue_message *m, struct queue_time t);
void queue_release(struct queue *q, struct queue_message *m, struct queue_time t);
/* Makes a part due now, and tries its destination now; urgent: before older ones. One that
 * is out or held stays as it is. */
void queue_hurry(struct queue *q, struct queue_entry *e, bool urgent, struct queue_time t);
/* Forgets a message of which nothing is out (m->taken is 0). */
void queue_drop(struct queue *q, struct queue_message *m, struct queue_time t);

/* A walk over all messages that may be interrupted, so that nobody waits long: the owner may
 * unlock between two calls of queue_walk. It is in the queue from begin to end. */
struct queue_walker {
	struct queue_link place;
};
void queue_walk_begin(struct queue *q, struct queue_walker *w);
/* NULL after the last. */
struct queue_message *queue_walk(struct queue *q, struct queue_walker *w);
void queue_walk_end(struct queue_walker *w);

static inline str queue_name(const struct queue_destination *d)
{
	return str_of(d->name_bytes, d->name_n);
}
static inline str queue_reply(const struct queue_destination *d)
{
	return str_of(d->reply_bytes, d->reply_n);
}

/* The longest pause of all, jitter included. */
int64_t queue_longest_pause(const struct queue *q);
/* The pause before attempt number attempts + 1, jitter included. */
int64_t queue_pause(struct queue *q, uint32_t attempts);

#endif

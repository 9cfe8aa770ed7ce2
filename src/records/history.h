/* records/history.h - one row for each message that was ever judged, and what became of it.
 *
 * Rows wait in memory and are written many at a time; what waits is lost with the
 * process. Mail never depends on the history.
 *
 * Input    hostile text; a record that is no JSON is shown as none.
 * Memory   embedded in its owner; pending rows are copied.
 * Limits   HISTORY_MAX_PENDING rows or HISTORY_MAX_BYTES wait, further ones are dropped and
 * counted. Threads  internally locked; history_run is for one thread. Errors   negative errno and
 * why: what was pending is lost.
 */
#ifndef RECORDS_HISTORY_H
#define RECORDS_HISTORY_H

#include "base/arena.h"
#include "records/recordsdb.h"

#include <pthread.h>

enum {
	HISTORY_MAX_PENDING = 2000,
	HISTORY_MAX_BYTES = 64 << 20, /* of pending rows, but for the last one */
	HISTORY_BATCH = 200,	      /* rows that are written without waiting for more */
	HISTORY_GATHER_MS = 50	      /* how long the first of a batch waits */
};

struct history_message {
	str mid;
	int64_t at;	 /* seconds since 1970 */
	str disposition; /* "deliver", "quarantine", ... */
	str client_ip, helo, reverse_path;
	str *recipients;
	size_t n_recipients;
	str from, subject;
	uint64_t size;
	str action;
	int64_t score; /* hundredths */
	str record;    /* the verdict as JSON */
	str state;     /* empty, or what is known already: the fields of an event */
	int64_t state_at;
	str next_hop, reply;
};

/* What became of a message later on. */
struct history_event {
	str mid;
	int64_t at;
	str state; /* "delivered", "deferred", "failed", "released", "dropped" */
	str next_hop, reply;
};

struct history_item;

struct history {
	sqlite3 *db;
	sqlite3_stmt *insert, *update, *find, *expire;
	pthread_mutex_t db_lock; /* around every use of the connection */
	pthread_mutex_t lock;	 /* of what follows */
	pthread_cond_t changed;
	struct arena *pending_arena, *spare_arena;
	struct history_item *first, **last;
	size_t n_pending;
	uint64_t dropped;
	bool stopping;
};

/* RECORDSDB_E_BROKEN as recordsdb_open. */
int history_open(struct history *h, const char *path, struct why *why) must_use;
/* Writes what is pending and closes. */
void history_close(struct history *h);

void history_add(struct history *h, const struct history_message *m);
void history_note(struct history *h, const struct history_event *e);

/* Waits for the next batch and writes it; *ret_dropped is how many rows did not fit since
 * the last time. Returns HISTORY_STOPPED once history_stop was called and nothing waits. */
enum { HISTORY_WRITTEN, HISTORY_STOPPED };
int history_run(struct history *h, uint64_t *ret_dropped, struct why *why) must_use;
void history_stop(struct history *h);
/* Writes what is pending now. */
int history_flush(struct history *h, struct why *why) must_use;

/* The row as one JSON object, p == NULL when there is none. */
int history_find(struct history *h, struct arena *a, str mid, str *ret, struct why *why) must_use;
/* Forgets up to n rows from before that time; *ret_n is how many there were. */
int history_expire(struct history *h, int64_t before, int n, int *ret_n, struct why *why) must_use;

#endif

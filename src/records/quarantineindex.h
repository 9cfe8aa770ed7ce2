/* records/quarantineindex.h - the list of held messages. The files of the quarantine are
 * the truth; this index can be made again from them.
 *
 * Input    hostile text in rows; ids already checked.
 * Memory   embedded in its owner; JSON lines handed out end with the call.
 * Limits   none of its own.
 * Threads  internally locked.
 * Errors   negative errno and why; QUARANTINEINDEX_E_ABSENT.
 */
#ifndef RECORDS_QUARANTINEINDEX_H
#define RECORDS_QUARANTINEINDEX_H

#include "base/arena.h"
#include "records/recordsdb.h"

#include <pthread.h>

enum { QUARANTINEINDEX_OK, QUARANTINEINDEX_E_ABSENT };

struct quarantineindex {
	sqlite3 *db;
	sqlite3_stmt *put, *set_state, *drop, *list, *find, *expired, *ids;
	pthread_mutex_t lock;
};

struct quarantineindex_row {
	str id, held_class, reason;
	int64_t received_at, held_at;
	str client_ip, reverse_path;
	str *recipients;
	size_t n_recipients;
	str from, subject;
	uint64_t size;
	str record;
};

/* RECORDSDB_E_BROKEN as recordsdb_open. */
int quarantineindex_open(struct quarantineindex *q, const char *path, struct why *why) must_use;
void quarantineindex_close(struct quarantineindex *q);

/* A new row, state "held", in place of an older one of the same id. */
int quarantineindex_put(struct quarantineindex *q, struct arena *a,
			const struct quarantineindex_row *row, struct why *why) must_use;
/* "held", "released", "missing". E_ABSENT. */
int quarantineindex_set_state(struct quarantineindex *q, str id, str state, struct why *why)
	must_use;
int quarantineindex_drop(struct quarantineindex *q, str id, struct why *why) must_use;

/* Called once a row; line is one JSON object. */
typedef void quarantineindex_visit(void *ctx, str line);
/* The newest first, without the records. */
int quarantineindex_list(struct quarantineindex *q, quarantineindex_visit *visit, void *ctx,
			 struct why *why) must_use;
/* One row with its record as a JSON object. E_ABSENT. */
int quarantineindex_find(struct quarantineindex *q, struct arena *a, str id, str *ret,
			 struct why *why) must_use;
/* The ids of the rows from before that time, at most n; they point into the arena. */
int quarantineindex_expired(struct quarantineindex *q, struct arena *a, int64_t before, size_t n,
			    str *ret_ids, size_t *ret_n, struct why *why) must_use;
/* All ids that are not "missing". */
int quarantineindex_ids(struct quarantineindex *q, quarantineindex_visit *visit, void *ctx,
			struct why *why) must_use;

#endif

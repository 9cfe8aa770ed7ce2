/* records/recordsdb.h - one SQLite file: opened, brought to our schema, asked with
 * prepared statements and bound values only.
 *
 * Input    paths and SQL are ours; bound values may be hostile.
 * Memory   a connection and its statements live as long as the process; recordsdb_close
 *          ends them all.
 * Limits   RECORDSDB_BUSY_MS of waiting for another process (sqlite3(1) by hand).
 * Threads  one at a time per connection: the owner locks.
 * Errors   negative errno and why; RECORDSDB_E_BROKEN from recordsdb_open.
 */
#ifndef RECORDS_RECORDSDB_H
#define RECORDS_RECORDSDB_H

#include "base/why.h"

#include <sqlite3.h>

enum { RECORDSDB_OK, RECORDSDB_E_BROKEN /* the file is no database, or a damaged one */ };
enum { RECORDSDB_BUSY_MS = 5000 };

struct recordsdb_schema {
	/* Step i brings a file of version i to version i + 1; never changed, only added to. */
	const char *const *steps;
	int n;
	bool durable; /* a finished transaction survives power loss, not only kill -9 */
};

int recordsdb_open(const char *path, const struct recordsdb_schema *schema, sqlite3 **ret,
		   struct why *why) must_use;
/* Takes NULL. */
void recordsdb_close(sqlite3 *db);
/* Puts a broken file aside as PATH.broken, so that an empty one can take its place. */
int recordsdb_set_aside(const char *path, struct why *why) must_use;

/* The statement lives until recordsdb_close. */
int recordsdb_prepare(sqlite3 *db, const char *sql, sqlite3_stmt **ret, struct why *why) must_use;
/* Parameter i counts from 1. s must live until the statement has run. */
void recordsdb_bind_text(sqlite3_stmt *s, int i, str text);
void recordsdb_bind_int(sqlite3_stmt *s, int i, int64_t v);
/* True: a row is there. False: none is left, or *ret_error is negative. */
bool recordsdb_step(sqlite3_stmt *s, int *ret_error, struct why *why) must_use;
/* Valid until the next step. */
str recordsdb_text(sqlite3_stmt *s, int column);
/* Forgets the run and the values, ready for the next. */
void recordsdb_reset(sqlite3_stmt *s);
/* A statement without rows, from step to reset. */
int recordsdb_run(sqlite3_stmt *s, struct why *why) must_use;
int recordsdb_exec(sqlite3 *db, const char *sql, struct why *why) must_use;

#endif

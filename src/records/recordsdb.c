#include "records/recordsdb.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

static int error_of(sqlite3 *db)
{
	switch (sqlite3_errcode(db)) {
	case SQLITE_FULL:
		return -ENOSPC;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return -EBUSY;
	case SQLITE_READONLY:
	case SQLITE_PERM:
	case SQLITE_CANTOPEN:
		return -EACCES;
	default:
		return -EIO;
	}
}

static int fail(sqlite3 *db, struct why *why)
{
	return why_set(why, error_of(db), "sqlite: %s", sqlite3_errmsg(db));
}

int recordsdb_exec(sqlite3 *db, const char *sql, struct why *why)
{
	return sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK ? 0 : fail(db, why);
}

static int get_version(sqlite3 *db, int *ret, struct why *why)
{
	sqlite3_stmt *s;
	int r = recordsdb_prepare(db, "PRAGMA user_version", &s, why);

	if (r < 0)
		return r;
	r = 0;
	if (recordsdb_step(s, &r, why))
		*ret = sqlite3_column_int(s, 0);
	sqlite3_finalize(s);
	return r;
}

static int migrate(sqlite3 *db, const struct recordsdb_schema *schema, struct why *why)
{
	int version = 0;
	int r = get_version(db, &version, why);

	if (r < 0)
		return r;
	if (version > schema->n)
		return why_set(why, -EPROTONOSUPPORT,
			       "version %d was written by a newer program; this one knows %d",
			       version, schema->n);
	for (; version < schema->n; version++) {
		char done[80];

		snprintf(done, sizeof(done), "PRAGMA user_version=%d; COMMIT", version + 1);
		r = recordsdb_exec(db, "BEGIN IMMEDIATE", why);
		if (r == 0)
			r = recordsdb_exec(db, schema->steps[version], why);
		if (r == 0)
			r = recordsdb_exec(db, done, why);
		if (r < 0)
			return r;
	}
	return 0;
}

static int prepare_file(sqlite3 *db, const struct recordsdb_schema *schema, struct why *why)
{
	int r;

	sqlite3_busy_timeout(db, RECORDSDB_BUSY_MS);
	/* No file of SQLite's own may be needed after the sandbox is closed. */
	r = recordsdb_exec(db,
			   "PRAGMA temp_store=MEMORY; PRAGMA page_size=16384; "
			   "PRAGMA journal_mode=WAL",
			   why);
	if (r < 0)
		return r;
	r = recordsdb_exec(
		db, schema->durable ? "PRAGMA synchronous=FULL" : "PRAGMA synchronous=NORMAL", why);
	if (r < 0)
		return r;
	return migrate(db, schema, why);
}

static bool is_broken(int code)
{
	return code == SQLITE_NOTADB || code == SQLITE_CORRUPT;
}

int recordsdb_open(const char *path, const struct recordsdb_schema *schema, sqlite3 **ret,
		   struct why *why)
{
	sqlite3 *db = NULL;
	int r;

	if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL) !=
	    SQLITE_OK)
		r = fail(db, why);
	else
		r = prepare_file(db, schema, why);
	if (r < 0) {
		if (is_broken(sqlite3_errcode(db)))
			r = RECORDSDB_E_BROKEN;
		recordsdb_close(db);
		return why_prefix(why, r, "%s", path);
	}
	*ret = db;
	return RECORDSDB_OK;
}

void recordsdb_close(sqlite3 *db)
{
	sqlite3_stmt *s;

	while (db && (s = sqlite3_next_stmt(db, NULL)))
		sqlite3_finalize(s);
	sqlite3_close(db);
}

int recordsdb_set_aside(const char *path, struct why *why)
{
	static const char *const companions[] = { "-wal", "-shm" };
	char name[4096];

	snprintf(name, sizeof(name), "%s.broken", path);
	if (rename(path, name) < 0)
		return why_set(why, -errno, "%s: %m", name);
	for (size_t i = 0; i < ARRAY_LEN(companions); i++) {
		snprintf(name, sizeof(name), "%s%s", path, companions[i]);
		(void)unlink(name); /* they belong to the file that is gone; most often absent */
	}
	return 0;
}

int recordsdb_prepare(sqlite3 *db, const char *sql, sqlite3_stmt **ret, struct why *why)
{
	if (sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, ret, NULL) != SQLITE_OK)
		return fail(db, why);
	return 0;
}

void recordsdb_bind_text(sqlite3_stmt *s, int i, str text)
{
	bug_if(sqlite3_bind_text64(s, i, text.n ? text.p : "", text.n, SQLITE_STATIC,
				   SQLITE_UTF8) != SQLITE_OK);
}

void recordsdb_bind_int(sqlite3_stmt *s, int i, int64_t v)
{
	bug_if(sqlite3_bind_int64(s, i, v) != SQLITE_OK);
}

bool recordsdb_step(sqlite3_stmt *s, int *ret_error, struct why *why)
{
	int r = sqlite3_step(s);

	if (r == SQLITE_ROW)
		return true;
	*ret_error = r == SQLITE_DONE ? 0 : fail(sqlite3_db_handle(s), why);
	return false;
}

str recordsdb_text(sqlite3_stmt *s, int column)
{
	const void *p = sqlite3_column_text(s, column);

	return str_of(p ? p : "", (size_t)sqlite3_column_bytes(s, column));
}

void recordsdb_reset(sqlite3_stmt *s)
{
	(void)sqlite3_reset(s); /* repeats the error of the step, which was reported */
	(void)sqlite3_clear_bindings(s);
}

int recordsdb_run(sqlite3_stmt *s, struct why *why)
{
	int error = 0;

	while (recordsdb_step(s, &error, why))
		;
	recordsdb_reset(s);
	return error;
}

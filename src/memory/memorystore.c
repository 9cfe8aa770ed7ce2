#include "memory/memorystore.h"

#include "memory/memorytable.h"
#include "records/recordsdb.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/random.h>

enum { DAY_S = 24 * 3600, BUDGET = 64 << 20 };

/* Of expiry, the day is enough: an index over it changes once a day with each row. */
static const char *const steps[] = {
	"CREATE TABLE secret (id INTEGER PRIMARY KEY CHECK (id = 1), bytes BLOB NOT NULL);"
	"CREATE TABLE fact ("
	" key BLOB PRIMARY KEY, kind INTEGER NOT NULL, day INTEGER NOT NULL,"
	" first INTEGER NOT NULL, last INTEGER NOT NULL,"
	" good REAL NOT NULL, bad REAL NOT NULL, value INTEGER NOT NULL) WITHOUT ROWID;"
	"CREATE INDEX fact_age ON fact (kind, day)",
};

static const struct recordsdb_schema schema = { steps, ARRAY_LEN(steps), false };

/* A batch of rows touches pages all over the file. In KiB. */
#define CACHE "PRAGMA cache_size=-65536"

struct item {
	struct memory_key key;
	struct memory_row row;
	enum memory_kind kind;
};

struct memorystore {
	struct arena *arena;
	uint8_t secret[MEMORY_SECRET];
	struct memory_limits limits;
	pthread_mutex_t lock; /* of what follows */
	struct memorytable table;
	sqlite3 *reading;
	sqlite3_stmt *find;
	pthread_mutex_t writer; /* of what follows: the rows of a batch, and their slots */
	sqlite3 *writing;
	sqlite3_stmt *put, *drop, *forget_old, *forget_most, *count;
	struct item *batch;
	uint32_t *slots;
	_Atomic uint64_t rows, dropped;
};

static void bind_key(sqlite3_stmt *s, int i, const struct memory_key *key)
{
	bug_if(sqlite3_bind_blob(s, i, key->bytes, sizeof(key->bytes), SQLITE_STATIC) != SQLITE_OK);
}

static uint32_t to_time(int64_t n)
{
	return n > 0 && n <= UINT32_MAX ? (uint32_t)n : 0;
}

static float to_count(double n)
{
	return n > 0 ? (float)n : 0; /* NaN is nothing, too */
}

/* Under the lock. A row that cannot be read is absent. */
static struct memory_row read_row(struct memorystore *s, const struct memory_key *key)
{
	struct memory_row row = { 0 };
	int error = 0;

	bind_key(s->find, 1, key);
	if (recordsdb_step(s->find, &error, NULL))
		row = (struct memory_row){
			.first_seen = to_time(sqlite3_column_int64(s->find, 0)),
			.last_seen = to_time(sqlite3_column_int64(s->find, 1)),
			.good = to_count(sqlite3_column_double(s->find, 2)),
			.bad = to_count(sqlite3_column_double(s->find, 3)),
			.value = (uint32_t)sqlite3_column_int64(s->find, 4),
		};
	recordsdb_reset(s->find);
	return row;
}

/* Under the lock: the row of that name in the table, read when it is not there; NULL when there is
 * no place for it. */
static struct memorytable_slot *look_up(struct memorystore *s, const struct memory_key *key,
					enum memory_kind kind)
{
	struct memorytable_slot *slot = memorytable_find(&s->table, key);

	if (slot)
		return slot;
	slot = memorytable_add(&s->table, key, kind);
	if (slot)
		slot->row = read_row(s, key);
	return slot;
}

static int recall(void *ctx, struct arena *a unused_arg, const struct memory_name *names, size_t n,
		  int64_t now, deadline d unused_arg, struct memory_fact *ret,
		  struct why *why unused_arg)
{
	struct memorystore *s = ctx;
	struct memory_key keys[MEMORY_MAX_NAMES];

	memory_keys(s->secret, names, n, keys);
	pthread_mutex_lock(&s->lock);
	for (size_t i = 0; i < n; i++) {
		struct memorytable_slot *slot = look_up(s, &keys[i], names[i].kind);
		struct memory_row row = slot ? slot->row : read_row(s, &keys[i]);

		ret[i] = memory_read(&s->limits, names[i].kind, &row, now);
	}
	pthread_mutex_unlock(&s->lock);
	return 0;
}

static int note(void *ctx, const struct memory_change *changes, size_t n, int64_t now,
		struct why *why unused_arg)
{
	struct memorystore *s = ctx;
	struct memory_name names[MEMORY_MAX_NAMES] = { 0 };
	struct memory_key keys[MEMORY_MAX_NAMES];

	for (size_t i = 0; i < n; i++)
		names[i] = changes[i].name;
	memory_keys(s->secret, names, n, keys);
	pthread_mutex_lock(&s->lock);
	for (size_t i = 0; i < n; i++) {
		struct memorytable_slot *slot = look_up(s, &keys[i], changes[i].name.kind);

		if (!slot) {
			s->dropped++;
			continue;
		}
		slot->row = memory_changed(&s->limits, &slot->row, &changes[i], now);
		memorytable_mark(&s->table, slot);
	}
	pthread_mutex_unlock(&s->lock);
	return 0;
}

struct memory memorystore_memory(struct memorystore *s)
{
	return (struct memory){ recall, note, s };
}

/* --- writing */

static size_t take_batch(struct memorystore *s)
{
	size_t n;

	pthread_mutex_lock(&s->lock);
	n = memorytable_take(&s->table, s->slots, MEMORYSTORE_BATCH);
	for (size_t i = 0; i < n; i++) {
		const struct memorytable_slot *slot = &s->table.slots[s->slots[i]];

		s->batch[i] = (struct item){ slot->key, slot->row, (enum memory_kind)slot->kind };
	}
	pthread_mutex_unlock(&s->lock);
	return n;
}

/* Written or not: what cannot be written is not tried for ever. */
static void end_batch(struct memorystore *s, size_t n, bool lost)
{
	pthread_mutex_lock(&s->lock);
	for (size_t i = 0; i < n; i++)
		s->table.slots[s->slots[i]].writing = false;
	s->dropped += lost ? n : 0;
	pthread_mutex_unlock(&s->lock);
}

static int write_item(struct memorystore *s, const struct item *i, struct why *why)
{
	if (!i->row.last_seen) {
		bind_key(s->drop, 1, &i->key);
		return recordsdb_run(s->drop, why);
	}
	bind_key(s->put, 1, &i->key);
	recordsdb_bind_int(s->put, 2, i->kind);
	recordsdb_bind_int(s->put, 3, i->row.last_seen / DAY_S);
	recordsdb_bind_int(s->put, 4, i->row.first_seen);
	recordsdb_bind_int(s->put, 5, i->row.last_seen);
	bug_if(sqlite3_bind_double(s->put, 6, (double)i->row.good) != SQLITE_OK);
	bug_if(sqlite3_bind_double(s->put, 7, (double)i->row.bad) != SQLITE_OK);
	recordsdb_bind_int(s->put, 8, i->row.value);
	return recordsdb_run(s->put, why);
}

static int write_batch(struct memorystore *s, size_t n, struct why *why)
{
	int r = recordsdb_exec(s->writing, "BEGIN IMMEDIATE", why);

	if (r < 0)
		return r;
	for (size_t i = 0; i < n && r == 0; i++)
		r = write_item(s, &s->batch[i], why);
	if (r == 0)
		r = recordsdb_exec(s->writing, "COMMIT", why);
	if (r < 0)
		defs_ignore(
			recordsdb_exec(s->writing, "ROLLBACK", NULL)); /* the first error counts */
	return r;
}

int memorystore_flush(struct memorystore *s, size_t *ret_n, struct why *why)
{
	size_t n;
	int r = 0;

	*ret_n = 0;
	pthread_mutex_lock(&s->writer);
	while (r == 0 && (n = take_batch(s)) > 0) {
		r = write_batch(s, n, why);
		end_batch(s, n, r < 0);
		*ret_n += r < 0 ? 0 : n;
	}
	pthread_mutex_unlock(&s->writer);
	return r;
}

/* --- expiry */

/* What is taken out of the file is looked up in the table no more: rows there age by themselves,
 * and one that is seen again is written again. */
static int forget(sqlite3_stmt *q, int kind, int64_t b, size_t *ret_n, struct why *why)
{
	int r;

	recordsdb_bind_int(q, 1, kind);
	recordsdb_bind_int(q, 2, b);
	recordsdb_bind_int(q, 3, MEMORYSTORE_BATCH);
	r = recordsdb_run(q, why);
	if (r == 0)
		*ret_n += (size_t)sqlite3_changes(sqlite3_db_handle(q));
	return r;
}

static int count_kind(struct memorystore *s, int kind, uint64_t *ret, struct why *why)
{
	int r = 0;

	recordsdb_bind_int(s->count, 1, kind);
	if (recordsdb_step(s->count, &r, why))
		*ret = (uint64_t)sqlite3_column_int64(s->count, 0);
	recordsdb_reset(s->count);
	return r;
}

/* Rows of one kind: one batch of those that are old, one of those that are too many. */
static int expire_some(struct memorystore *s, int kind, int64_t now, size_t *ret_n,
		       uint64_t *ret_rows, struct why *why)
{
	const struct memory_limits *l = &s->limits;
	int r = forget(s->forget_old, kind, (now - l->keep_s[kind]) / DAY_S, ret_n, why);

	if (r == 0)
		r = count_kind(s, kind, ret_rows, why);
	if (r == 0 && *ret_rows > l->max_rows[kind])
		r = forget(s->forget_most, kind, (int64_t)(*ret_rows - l->max_rows[kind]), ret_n,
			   why);
	return r;
}

int memorystore_expire(struct memorystore *s, int64_t now, size_t *ret_n, struct why *why)
{
	uint64_t rows = 0;
	int r = 0;

	*ret_n = 0;
	for (int k = 0; k < MEMORY_KINDS && r == 0; k++) {
		uint64_t of_kind = 0;
		size_t n;

		do {
			n = 0;
			pthread_mutex_lock(&s->writer);
			r = expire_some(s, k, now, &n, &of_kind, why);
			pthread_mutex_unlock(&s->writer);
			*ret_n += n;
		} while (r == 0 && n >= MEMORYSTORE_BATCH);
		rows += of_kind;
	}
	s->rows = rows;
	return r;
}

uint64_t memorystore_rows(const struct memorystore *s)
{
	return s->rows;
}

uint64_t memorystore_dropped(const struct memorystore *s)
{
	return s->dropped;
}

/* --- the file */

static int read_secret(struct memorystore *s, bool *ret_found, struct why *why)
{
	sqlite3_stmt *q;
	int r = recordsdb_prepare(s->writing, "SELECT bytes FROM secret", &q, why);

	*ret_found = false;
	if (r < 0)
		return r;
	if (recordsdb_step(q, &r, why)) {
		str bytes = recordsdb_text(q, 0);

		*ret_found = bytes.n == MEMORY_SECRET;
		if (*ret_found)
			memcpy(s->secret, bytes.p, MEMORY_SECRET);
	}
	sqlite3_finalize(q);
	return r;
}

static int make_secret(struct memorystore *s, struct why *why)
{
	sqlite3_stmt *q;
	int r = recordsdb_prepare(s->writing, "INSERT OR REPLACE INTO secret VALUES (1, ?1)", &q,
				  why);

	if (r < 0)
		return r;
	bug_if(getrandom(s->secret, MEMORY_SECRET, 0) != MEMORY_SECRET);
	bug_if(sqlite3_bind_blob(q, 1, s->secret, MEMORY_SECRET, SQLITE_STATIC) != SQLITE_OK);
	r = recordsdb_run(q, why);
	sqlite3_finalize(q);
	return r;
}

static int prepare(struct memorystore *s, struct why *why)
{
	const struct {
		sqlite3 *db;
		sqlite3_stmt **at;
		const char *sql;
	} all[] = {
		{ s->reading, &s->find,
		  "SELECT first, last, good, bad, value FROM fact WHERE key = ?1" },
		{ s->writing, &s->put,
		  "INSERT INTO fact (key, kind, day, first, last, good, bad, value)"
		  " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT (key) DO UPDATE SET"
		  " day = ?3, first = ?4, last = ?5, good = ?6, bad = ?7, value = ?8" },
		{ s->writing, &s->drop, "DELETE FROM fact WHERE key = ?1" },
		{ s->writing, &s->forget_old,
		  "DELETE FROM fact WHERE key IN"
		  " (SELECT key FROM fact WHERE kind = ?1 AND day < ?2 LIMIT ?3)" },
		{ s->writing, &s->forget_most,
		  "DELETE FROM fact WHERE key IN (SELECT key FROM fact WHERE kind = ?1"
		  " ORDER BY day LIMIT min(?2, ?3))" },
		{ s->writing, &s->count, "SELECT count(*) FROM fact WHERE kind = ?1" },
	};

	for (size_t i = 0; i < ARRAY_LEN(all); i++) {
		int r = recordsdb_prepare(all[i].db, all[i].sql, all[i].at, why);

		if (r < 0)
			return r;
	}
	return 0;
}

static int open_file(struct memorystore *s, const char *path, struct why *why)
{
	bool found;
	int r = recordsdb_open(path, &schema, &s->writing, why);

	if (r == RECORDSDB_OK)
		r = recordsdb_exec(s->writing, CACHE, why);
	if (r == RECORDSDB_OK)
		r = recordsdb_open(path, &schema, &s->reading, why);
	if (r == RECORDSDB_OK)
		r = read_secret(s, &found, why);
	if (r == 0 && !found)
		r = make_secret(s, why);
	return r == 0 ? prepare(s, why) : r;
}

static void close_file(struct memorystore *s)
{
	recordsdb_close(s->reading);
	recordsdb_close(s->writing);
	s->reading = s->writing = NULL;
}

int memorystore_open(const char *path, const struct memory_limits *l, struct memorystore **ret,
		     struct why *why)
{
	struct arena *a = arena_new("memory", BUDGET);
	struct memorystore *s = arena_make(a, struct memorystore);
	int r, renewed = MEMORYSTORE_OK;

	s->arena = a;
	s->limits = *l;
	pthread_mutex_init(&s->lock, NULL);
	pthread_mutex_init(&s->writer, NULL);
	r = open_file(s, path, why);
	if (r == RECORDSDB_E_BROKEN) {
		renewed = MEMORYSTORE_RENEWED;
		close_file(s);
		r = recordsdb_set_aside(path, why);
		if (r == 0)
			r = open_file(s, path, why);
	}
	if (r != 0) {
		close_file(s);
		arena_free(a);
		return r < 0 ? r : -EIO;
	}
	memorytable_make(&s->table, a, MEMORYSTORE_HOT);
	s->batch = arena_array(a, struct item, MEMORYSTORE_BATCH);
	s->slots = arena_array(a, uint32_t, MEMORYSTORE_BATCH);
	*ret = s;
	return renewed;
}

void memorystore_close(struct memorystore *s)
{
	size_t n;

	if (!s)
		return;
	defs_ignore(
		memorystore_flush(s, &n, NULL)); /* the last words of a process that is ending */
	close_file(s);
	pthread_mutex_destroy(&s->writer);
	pthread_mutex_destroy(&s->lock);
	arena_free(s->arena);
}

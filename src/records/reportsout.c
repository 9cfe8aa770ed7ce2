#include "records/reportsout.h"

#include "records/recordstext.h"

enum { GATHER_BUDGET = 256 << 20, KEY_MAX = 8 << 10, KEY_BUDGET = 64 << 10 };

struct item {
	enum reportsout_kind kind;
	str domain, head, row;
	int64_t day, n;
};

static const char *const steps[] = {
	"CREATE TABLE report ("
	" id INTEGER PRIMARY KEY, kind INTEGER NOT NULL, day INTEGER NOT NULL,"
	" domain TEXT NOT NULL, head TEXT NOT NULL, part INTEGER NOT NULL,"
	" begins INTEGER NOT NULL, ends INTEGER NOT NULL, state INTEGER NOT NULL,"
	" rows INTEGER NOT NULL, messages INTEGER NOT NULL, left_out INTEGER NOT NULL,"
	" settled_at INTEGER, detail TEXT);"
	"CREATE UNIQUE INDEX report_what ON report (day, kind, domain, part);"
	"CREATE INDEX report_state ON report (state, id);"
	"CREATE TABLE row ("
	" id INTEGER PRIMARY KEY, report INTEGER NOT NULL, text TEXT NOT NULL,"
	" n INTEGER NOT NULL);"
	"CREATE UNIQUE INDEX row_text ON row (report, text)",
};

static const struct recordsdb_schema schema = { steps, ARRAY_LEN(steps), false };

#define ONE "SELECT id, kind, domain, head, day, begins, ends, part, rows, left_out FROM report"
#define LIST                                                                                       \
	"SELECT json_object('kind', CASE kind WHEN 0 THEN 'dmarc' ELSE 'tls' END,"                 \
	" 'day', date(day * 86400, 'unixepoch'), 'domain', domain, 'part', part,"                  \
	" 'state', CASE state WHEN 0 THEN 'open' WHEN 1 THEN 'closed' WHEN 2 THEN 'sent'"          \
	" ELSE 'unwanted' END, 'rows', rows, 'count', messages, 'left_out', left_out,"             \
	" 'time', strftime('%Y-%m-%dT%H:%M:%SZ', settled_at, 'unixepoch'), 'detail', detail,"      \
	" 'head', head, 'begin', begins, 'end', ends), id FROM report"

static int prepare(struct reportsout *r, struct why *why)
{
	struct reportsout_statements *q = &r->q;
	const struct {
		sqlite3_stmt **at;
		const char *sql;
	} all[] = {
		{ &q->find, "SELECT id, rows FROM report WHERE day = ?1 AND kind = ?2 AND"
			    " domain = ?3 AND head = ?4 AND state = 0" },
		{ &q->count_day, "SELECT count(*) FROM report WHERE day = ?1" },
		{ &q->count_heads, "SELECT count(*), count(DISTINCT head), max(ends) FILTER"
				   " (WHERE state <> 0), max(head = ?4) FROM report"
				   " WHERE day = ?1 AND kind = ?2 AND domain = ?3" },
		{ &q->day_rows, "SELECT total(rows) FROM report WHERE day = ?1" },
		{ &q->add, "INSERT INTO report (day, kind, domain, head, part, begins, ends, state,"
			   " rows, messages, left_out)"
			   " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 0, 0, 0, 0)" },
		{ &q->count_row, "UPDATE row SET n = n + ?3 WHERE report = ?1 AND text = ?2" },
		{ &q->add_row, "INSERT INTO row (report, text, n) VALUES (?1, ?2, ?3)" },
		{ &q->grow, "UPDATE report SET rows = rows + ?2, messages = messages + ?3,"
			    " left_out = left_out + ?4 WHERE id = ?1" },
		{ &q->next, ONE " WHERE id > ?2 AND (state = 1 OR (state = 0 AND day < ?1))"
				" ORDER BY id LIMIT 1" },
		{ &q->one, ONE " WHERE id = ?1" },
		{ &q->rows, "SELECT id, text, n FROM row WHERE report = ?1 AND id > ?2"
			    " ORDER BY id LIMIT ?3" },
		{ &q->close,
		  "UPDATE report SET state = 1, ends = min(ends, max(begins, ?3))"
		  " WHERE (?1 < 0 OR day = ?1) AND state = 0 AND (?2 = '' OR domain = ?2)" },
		{ &q->settle, "UPDATE report SET state = ?2, settled_at = ?3, detail = ?4"
			      " WHERE id = ?1 AND state < 2" },
		{ &q->list, LIST " WHERE (?1 < 0 OR day = ?1) AND (?2 = '' OR domain = ?2)"
				 " ORDER BY day DESC, kind, domain, part" },
		{ &q->forget_rows,
		  "DELETE FROM row WHERE report IN (SELECT id FROM report WHERE day < ?1)" },
		{ &q->forget, "DELETE FROM report WHERE day < ?1" },
		/* Of some days only, or every round would look at all reports there are. */
		{ &q->forget_settled, "DELETE FROM row WHERE report IN (SELECT id FROM report"
				      " WHERE day < ?1 AND day > ?1 - 4 AND state >= 2)" },
	};

	for (size_t i = 0; i < ARRAY_LEN(all); i++) {
		int status = recordsdb_prepare(r->db, all[i].sql, all[i].at, why);

		if (status < 0)
			return status;
	}
	return 0;
}

int reportsout_open(struct reportsout *r, const char *path, struct why *why)
{
	struct reportsout n = { 0 };
	int status = recordsdb_open(path, &schema, &n.db, why);

	if (status != RECORDSDB_OK)
		return status;
	status = prepare(&n, why);
	if (status < 0) {
		recordsdb_close(n.db);
		return why_prefix(why, status, "%s", path);
	}
	*r = n;
	pthread_mutex_init(&r->db_lock, NULL);
	pthread_mutex_init(&r->lock, NULL);
	r->arena = arena_new("reports out", GATHER_BUDGET);
	r->spare = arena_new("reports out", GATHER_BUDGET);
	r->gathered = map_make(r->arena);
	r->keys = arena_new("reports out", KEY_BUDGET);
	r->key = strbuf_make(r->keys, KEY_MAX);
	r->max_rows = REPORTSOUT_DAY_ROWS;
	return RECORDSDB_OK;
}

void reportsout_close(struct reportsout *r)
{
	uint64_t dropped;

	(void)!reportsout_flush(r, &dropped, NULL); /* the last words of a process that is ending */
	recordsdb_close(r->db);
	arena_free(r->arena);
	arena_free(r->spare);
	arena_free(r->keys);
	pthread_mutex_destroy(&r->lock);
	pthread_mutex_destroy(&r->db_lock);
}

/* --- gathering */

static void gather(struct reportsout *r, const struct item *i, str key)
{
	struct arena *a = r->arena;
	struct item *kept = map_get(&r->gathered, key);

	if (kept) {
		kept->n++;
	} else if (r->gathered.n >= REPORTSOUT_GATHERED || arena_used(a) > GATHER_BUDGET / 2) {
		r->dropped++;
	} else {
		kept = arena_make(a, struct item);
		*kept = (struct item){ .kind = i->kind,
				       .domain = arena_str(a, recordstext_clean(a, i->domain)),
				       .head = arena_str(a, recordstext_clean(a, i->head)),
				       .row = arena_str(a, recordstext_clean(a, i->row)),
				       .day = i->day,
				       .n = 1 };
		(void)map_set(&r->gathered, arena_str(a, key), kept);
	}
}

/* The name of a row among all that gather: false when it is too long to be one. */
static bool put_key(struct strbuf *key, const struct item *i)
{
	strbuf_fmt(key, "%d %lld ", (int)i->kind, (long long)i->day);
	strbuf_put(key, i->domain);
	strbuf_char(key, '\n');
	strbuf_put(key, i->head);
	strbuf_char(key, '\n');
	strbuf_put(key, i->row);
	return !key->overflow && i->domain.n && i->row.n;
}

void reportsout_count(struct reportsout *r, enum reportsout_kind kind, str domain, str head,
		      str row, int64_t wall)
{
	const struct item i = { .kind = kind,
				.domain = domain,
				.head = head,
				.row = row,
				.day = wall / REPORTSOUT_DAY_S };

	pthread_mutex_lock(&r->lock);
	strbuf_clear(&r->key);
	if (put_key(&r->key, &i))
		gather(r, &i, strbuf_str(&r->key));
	else
		r->dropped++;
	pthread_mutex_unlock(&r->lock);
}

/* --- writing */

static void bind_what(sqlite3_stmt *s, const struct item *i)
{
	recordsdb_bind_int(s, 1, i->day);
	recordsdb_bind_int(s, 2, i->kind);
	recordsdb_bind_text(s, 3, i->domain);
	recordsdb_bind_text(s, 4, i->head);
}

/* A new report, where there is room for one: *ret_id stays 0 otherwise. A later part of the same
 * day begins where the earlier one ended. */
static int add_report(struct reportsout *r, const struct item *i, int64_t *ret_id, struct why *why)
{
	int64_t n = 0, parts = 0, heads = 0, ended = 0, begin = i->day * REPORTSOUT_DAY_S;
	int status = 0;

	recordsdb_bind_int(r->q.count_day, 1, i->day);
	if (recordsdb_step(r->q.count_day, &status, why))
		n = sqlite3_column_int64(r->q.count_day, 0);
	recordsdb_reset(r->q.count_day);
	bind_what(r->q.count_heads, i);
	if (status == 0 && recordsdb_step(r->q.count_heads, &status, why)) {
		parts = sqlite3_column_int64(r->q.count_heads, 0);
		heads = sqlite3_column_int64(r->q.count_heads, 1);
		ended = sqlite3_column_int64(r->q.count_heads, 2);
		heads -= sqlite3_column_int64(r->q.count_heads, 3); /* this one is no new one */
	}
	recordsdb_reset(r->q.count_heads);
	if (status < 0 || n >= REPORTSOUT_REPORTS || heads >= REPORTSOUT_HEADS)
		return status;
	bind_what(r->q.add, i);
	recordsdb_bind_int(r->q.add, 5, parts);
	recordsdb_bind_int(r->q.add, 6, ended > begin ? ended + 1 : begin);
	recordsdb_bind_int(r->q.add, 7, begin + REPORTSOUT_DAY_S - 1);
	status = recordsdb_run(r->q.add, why);
	*ret_id = status == 0 ? sqlite3_last_insert_rowid(r->db) : 0;
	return status;
}

static int find_report(struct reportsout *r, const struct item *i, int64_t *ret_id,
		       int64_t *ret_rows, struct why *why)
{
	int status = 0;

	*ret_id = *ret_rows = 0;
	bind_what(r->q.find, i);
	if (recordsdb_step(r->q.find, &status, why)) {
		*ret_id = sqlite3_column_int64(r->q.find, 0);
		*ret_rows = sqlite3_column_int64(r->q.find, 1);
	}
	recordsdb_reset(r->q.find);
	if (status < 0 || *ret_id)
		return status;
	return add_report(r, i, ret_id, why);
}

static int write_row(sqlite3_stmt *s, int64_t report, const struct item *i, struct why *why)
{
	recordsdb_bind_int(s, 1, report);
	recordsdb_bind_text(s, 2, i->row);
	recordsdb_bind_int(s, 3, i->n);
	return recordsdb_run(s, why);
}

/* Whether there is room for one more row of that day, of whatever report. */
static int find_room(struct reportsout *r, int64_t day, bool *ret, struct why *why)
{
	int status = 0;

	if (r->rows_day != day) {
		recordsdb_bind_int(r->q.day_rows, 1, day);
		if (recordsdb_step(r->q.day_rows, &status, why)) {
			r->rows = sqlite3_column_int64(r->q.day_rows, 0);
			r->rows_day = day;
		}
		recordsdb_reset(r->q.day_rows);
	}
	*ret = r->rows < r->max_rows;
	return status;
}

static int write_item(struct reportsout *r, const struct item *i, struct why *why)
{
	int64_t report, rows;
	int status = find_report(r, i, &report, &rows, why);
	bool known, room, full = false;

	if (status < 0 || report == 0) {
		pthread_mutex_lock(&r->lock);
		r->dropped += (uint64_t)i->n;
		pthread_mutex_unlock(&r->lock);
		return status;
	}
	status = write_row(r->q.count_row, report, i, why);
	known = status == 0 && sqlite3_changes(r->db) > 0;
	if (status == 0 && !known) {
		status = find_room(r, i->day, &room, why);
		full = rows >= REPORTSOUT_ROWS || !room;
		if (status == 0 && !full)
			status = write_row(r->q.add_row, report, i, why);
		r->rows += !full;
	}
	if (status < 0)
		return status;
	recordsdb_bind_int(r->q.grow, 1, report);
	recordsdb_bind_int(r->q.grow, 2, !known && !full);
	recordsdb_bind_int(r->q.grow, 3, i->n);
	recordsdb_bind_int(r->q.grow, 4, full ? i->n : 0);
	return recordsdb_run(r->q.grow, why);
}

static int write_all(struct reportsout *r, const struct map *gathered, struct why *why)
{
	const struct map_slot *slot;
	size_t at = 0;
	int status = recordsdb_exec(r->db, "BEGIN IMMEDIATE", why);

	if (status < 0)
		return status;
	while (status == 0 && (slot = map_next(gathered, &at)))
		status = write_item(r, slot->value, why);
	if (status == 0)
		status = recordsdb_exec(r->db, "COMMIT", why);
	if (status < 0) {
		(void)!recordsdb_exec(r->db, "ROLLBACK", NULL); /* status tells what went wrong */
		r->rows_day = 0;				/* what was counted is not there */
	}
	return status;
}

/* With db_lock held. */
static int flush(struct reportsout *r, struct why *why)
{
	struct map gathered;
	struct arena *a;
	int status = 0;

	pthread_mutex_lock(&r->lock);
	gathered = r->gathered;
	a = r->arena;
	r->arena = r->spare;
	r->spare = a;
	r->gathered = map_make(r->arena);
	pthread_mutex_unlock(&r->lock);
	if (gathered.n)
		status = write_all(r, &gathered, why);
	arena_reset(a); /* nobody else touches the spare one: db_lock is ours */
	return status;
}

int reportsout_flush(struct reportsout *r, uint64_t *ret_dropped, struct why *why)
{
	int status;

	pthread_mutex_lock(&r->db_lock);
	status = flush(r, why);
	pthread_mutex_lock(&r->lock);
	*ret_dropped = r->dropped;
	r->dropped = 0;
	pthread_mutex_unlock(&r->lock);
	pthread_mutex_unlock(&r->db_lock);
	return status;
}

/* --- reading and settling */

static struct reportsout_one take_one(sqlite3_stmt *s, struct arena *a)
{
	return (struct reportsout_one){
		.id = sqlite3_column_int64(s, 0),
		.kind = sqlite3_column_int64(s, 1) == REPORTSOUT_TLS ? REPORTSOUT_TLS
								     : REPORTSOUT_DMARC,
		.domain = arena_str(a, recordsdb_text(s, 2)),
		.head = arena_str(a, recordsdb_text(s, 3)),
		.day = sqlite3_column_int64(s, 4),
		.begin = sqlite3_column_int64(s, 5),
		.end = sqlite3_column_int64(s, 6),
		.part = sqlite3_column_int64(s, 7),
		.rows = sqlite3_column_int64(s, 8),
		.left_out = sqlite3_column_int64(s, 9),
	};
}

static int ask_one(sqlite3_stmt *s, struct arena *a, struct reportsout_one *ret, struct why *why)
{
	int status = 0;

	*ret = (struct reportsout_one){ 0 };
	if (recordsdb_step(s, &status, why))
		*ret = take_one(s, a);
	recordsdb_reset(s);
	return status;
}

int reportsout_next(struct reportsout *r, struct arena *a, int64_t before, int64_t after,
		    struct reportsout_one *ret, struct why *why)
{
	int status;

	pthread_mutex_lock(&r->db_lock);
	status = flush(r, why);
	recordsdb_bind_int(r->q.next, 1, before);
	recordsdb_bind_int(r->q.next, 2, after);
	if (status == 0)
		status = ask_one(r->q.next, a, ret, why);
	pthread_mutex_unlock(&r->db_lock);
	return status;
}

int reportsout_find(struct reportsout *r, struct arena *a, int64_t id, struct reportsout_one *ret,
		    struct why *why)
{
	int status;

	pthread_mutex_lock(&r->db_lock);
	recordsdb_bind_int(r->q.one, 1, id);
	status = ask_one(r->q.one, a, ret, why);
	pthread_mutex_unlock(&r->db_lock);
	return status;
}

int reportsout_rows(struct reportsout *r, struct arena *a, int64_t id, int64_t *at,
		    struct reportsout_row *ret, size_t max, size_t *ret_n, struct why *why)
{
	sqlite3_stmt *s = r->q.rows;
	int status = 0;

	*ret_n = 0;
	pthread_mutex_lock(&r->db_lock);
	recordsdb_bind_int(s, 1, id);
	recordsdb_bind_int(s, 2, *at);
	recordsdb_bind_int(s, 3, (int64_t)max);
	while (*ret_n < max && recordsdb_step(s, &status, why)) {
		*at = sqlite3_column_int64(s, 0);
		ret[*ret_n].text = arena_str(a, recordsdb_text(s, 1));
		ret[(*ret_n)++].n = sqlite3_column_int64(s, 2);
	}
	recordsdb_reset(s);
	pthread_mutex_unlock(&r->db_lock);
	return status;
}

int reportsout_close_day(struct reportsout *r, int64_t day, str domain, int64_t wall, int *ret_n,
			 struct why *why)
{
	int status;

	pthread_mutex_lock(&r->db_lock);
	status = flush(r, why);
	recordsdb_bind_int(r->q.close, 1, day);
	recordsdb_bind_text(r->q.close, 2, domain);
	recordsdb_bind_int(r->q.close, 3, wall);
	if (status == 0)
		status = recordsdb_run(r->q.close, why);
	*ret_n = status == 0 ? sqlite3_changes(r->db) : 0;
	pthread_mutex_unlock(&r->db_lock);
	return status;
}

int reportsout_settle(struct reportsout *r, int64_t id, enum reportsout_state state, str detail,
		      int64_t wall, struct why *why)
{
	cleanup(arena_freep) struct arena *a = arena_new("detail", 1 << 20);
	int status;

	pthread_mutex_lock(&r->db_lock);
	/* What was sent must not be sent again after a power cut: this one write is synced. */
	status = recordsdb_exec(r->db, "PRAGMA synchronous=FULL", why);
	recordsdb_bind_int(r->q.settle, 1, id);
	recordsdb_bind_int(r->q.settle, 2, state);
	recordsdb_bind_int(r->q.settle, 3, wall);
	recordsdb_bind_text(r->q.settle, 4, recordstext_clean(a, detail));
	if (status == 0)
		status = recordsdb_run(r->q.settle, why);
	(void)!recordsdb_exec(r->db, "PRAGMA synchronous=NORMAL", NULL);
	pthread_mutex_unlock(&r->db_lock);
	return status;
}

int reportsout_list(struct reportsout *r, int64_t day, str domain,
		    void (*on_line)(void *ctx, int64_t id, str line), void *ctx, struct why *why)
{
	int status;

	pthread_mutex_lock(&r->db_lock);
	status = flush(r, why);
	recordsdb_bind_int(r->q.list, 1, day);
	recordsdb_bind_text(r->q.list, 2, domain);
	while (status == 0 && recordsdb_step(r->q.list, &status, why))
		on_line(ctx, sqlite3_column_int64(r->q.list, 1), recordsdb_text(r->q.list, 0));
	recordsdb_reset(r->q.list);
	pthread_mutex_unlock(&r->db_lock);
	return status;
}

int reportsout_expire(struct reportsout *r, int64_t before_day, int64_t rows_before_day,
		      struct why *why)
{
	int status;

	pthread_mutex_lock(&r->db_lock);
	recordsdb_bind_int(r->q.forget_rows, 1, before_day);
	recordsdb_bind_int(r->q.forget_settled, 1, rows_before_day);
	recordsdb_bind_int(r->q.forget, 1, before_day);
	status = recordsdb_run(r->q.forget_settled, why);
	if (status == 0)
		status = recordsdb_run(r->q.forget_rows, why);
	if (status == 0)
		status = recordsdb_run(r->q.forget, why);
	pthread_mutex_unlock(&r->db_lock);
	return status;
}

#include "records/quarantineindex.h"

#include "records/recordstext.h"

static const char *const steps[] = {
	"CREATE TABLE held ("
	" id TEXT PRIMARY KEY, state TEXT NOT NULL, class TEXT, reason TEXT,"
	" received_at INTEGER, held_at INTEGER NOT NULL, client_ip TEXT, mail_from TEXT,"
	" recipients TEXT, header_from TEXT, subject TEXT, size INTEGER,"
	" action TEXT, score REAL, record TEXT) WITHOUT ROWID;"
	"CREATE INDEX held_at ON held (held_at)",
};

static const struct recordsdb_schema schema = { steps, ARRAY_LEN(steps), true };

#define FIELDS                                                                                     \
	"'id', id, 'state', state, 'class', class, 'reason', reason,"                              \
	" 'received', strftime('%Y-%m-%dT%H:%M:%SZ', received_at, 'unixepoch'),"                   \
	" 'held', strftime('%Y-%m-%dT%H:%M:%SZ', held_at, 'unixepoch'),"                           \
	" 'client_ip', client_ip, 'reverse_path', mail_from, 'recipients', json(recipients),"      \
	" 'from', header_from, 'subject', subject, 'size', size, 'action', action, 'score', "      \
	"score,"                                                                                   \
	" 'decision', record ->> '$.decision'"

static int prepare(struct quarantineindex *q, struct why *why)
{
	const struct {
		sqlite3_stmt **at;
		const char *sql;
	} all[] = {
		{ &q->put,
		  "INSERT OR REPLACE INTO held (id, state, class, reason, received_at, held_at,"
		  " client_ip, mail_from, recipients, header_from, subject, size, action, score, "
		  "record)"
		  " SELECT ?1, 'held', ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11,"
		  " r ->> '$.action', r ->> '$.score', r"
		  " FROM (SELECT CASE WHEN json_valid(?12) THEN ?12 END AS r)" },
		{ &q->set_state, "UPDATE held SET state = ?2 WHERE id = ?1" },
		{ &q->drop, "DELETE FROM held WHERE id = ?1" },
		{ &q->list, "SELECT json_object(" FIELDS ") FROM held ORDER BY held_at DESC, id" },
		{ &q->find, "SELECT json_object(" FIELDS
			    ", 'record', json(record)) FROM held WHERE id = ?1" },
		{ &q->expired, "SELECT id FROM held WHERE held_at < ?1 ORDER BY held_at LIMIT ?2" },
		{ &q->ids, "SELECT id FROM held WHERE state <> 'missing'" },
	};

	for (size_t i = 0; i < ARRAY_LEN(all); i++) {
		int r = recordsdb_prepare(q->db, all[i].sql, all[i].at, why);

		if (r < 0)
			return r;
	}
	return 0;
}

int quarantineindex_open(struct quarantineindex *q, const char *path, struct why *why)
{
	struct quarantineindex n = { 0 };
	int r = recordsdb_open(path, &schema, &n.db, why);

	if (r != RECORDSDB_OK)
		return r;
	r = prepare(&n, why);
	if (r < 0) {
		recordsdb_close(n.db);
		return why_prefix(why, r, "%s", path);
	}
	*q = n;
	pthread_mutex_init(&q->lock, NULL);
	return RECORDSDB_OK;
}

void quarantineindex_close(struct quarantineindex *q)
{
	recordsdb_close(q->db);
	pthread_mutex_destroy(&q->lock);
}

int quarantineindex_put(struct quarantineindex *q, struct arena *a,
			const struct quarantineindex_row *row, struct why *why)
{
	const str texts[] = { row->id,		 row->held_class, row->reason,	row->client_ip,
			      row->reverse_path, row->from,	  row->subject, row->record };
	static const int at[] = { 1, 2, 3, 6, 7, 9, 10, 12 };
	str recipients = recordstext_array(a, row->recipients, row->n_recipients);
	int r;

	pthread_mutex_lock(&q->lock);
	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		recordsdb_bind_text(q->put, at[i], recordstext_clean(a, texts[i]));
	recordsdb_bind_int(q->put, 4, row->received_at);
	recordsdb_bind_int(q->put, 5, row->held_at);
	recordsdb_bind_text(q->put, 8, recipients);
	recordsdb_bind_int(q->put, 11, (int64_t)row->size);
	r = recordsdb_run(q->put, why);
	pthread_mutex_unlock(&q->lock);
	return r;
}

/* A statement that changes the row of one id. */
static int change(struct quarantineindex *q, sqlite3_stmt *s, str id, str state, struct why *why)
{
	int r;

	pthread_mutex_lock(&q->lock);
	recordsdb_bind_text(s, 1, id);
	if (state.p)
		recordsdb_bind_text(s, 2, state);
	r = recordsdb_run(s, why);
	if (r == 0 && sqlite3_changes(q->db) == 0)
		r = QUARANTINEINDEX_E_ABSENT;
	pthread_mutex_unlock(&q->lock);
	return r;
}

int quarantineindex_set_state(struct quarantineindex *q, str id, str state, struct why *why)
{
	return change(q, q->set_state, id, state, why);
}

int quarantineindex_drop(struct quarantineindex *q, str id, struct why *why)
{
	return change(q, q->drop, id, STR_NULL, why);
}

static int visit_rows(struct quarantineindex *q, sqlite3_stmt *s, quarantineindex_visit *visit,
		      void *ctx, struct why *why)
{
	int r = 0;

	pthread_mutex_lock(&q->lock);
	while (recordsdb_step(s, &r, why))
		visit(ctx, recordsdb_text(s, 0));
	recordsdb_reset(s);
	pthread_mutex_unlock(&q->lock);
	return r;
}

int quarantineindex_list(struct quarantineindex *q, quarantineindex_visit *visit, void *ctx,
			 struct why *why)
{
	return visit_rows(q, q->list, visit, ctx, why);
}

int quarantineindex_ids(struct quarantineindex *q, quarantineindex_visit *visit, void *ctx,
			struct why *why)
{
	return visit_rows(q, q->ids, visit, ctx, why);
}

int quarantineindex_find(struct quarantineindex *q, struct arena *a, str id, str *ret,
			 struct why *why)
{
	str found = STR_NULL;
	int r = 0;

	pthread_mutex_lock(&q->lock);
	recordsdb_bind_text(q->find, 1, id);
	if (recordsdb_step(q->find, &r, why))
		found = arena_str(a, recordsdb_text(q->find, 0));
	recordsdb_reset(q->find);
	pthread_mutex_unlock(&q->lock);
	if (r < 0)
		return r;
	if (!found.p)
		return QUARANTINEINDEX_E_ABSENT;
	*ret = found;
	return QUARANTINEINDEX_OK;
}

int quarantineindex_expired(struct quarantineindex *q, struct arena *a, int64_t before, size_t n,
			    str *ret_ids, size_t *ret_n, struct why *why)
{
	size_t got = 0;
	int r = 0;

	pthread_mutex_lock(&q->lock);
	recordsdb_bind_int(q->expired, 1, before);
	recordsdb_bind_int(q->expired, 2, (int64_t)n);
	while (recordsdb_step(q->expired, &r, why)) {
		if (got < n)
			ret_ids[got++] = arena_str(a, recordsdb_text(q->expired, 0));
	}
	recordsdb_reset(q->expired);
	pthread_mutex_unlock(&q->lock);
	if (r == 0)
		*ret_n = got;
	return r;
}

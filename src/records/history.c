#include "records/history.h"

#include "base/clock.h"
#include "records/recordstext.h"
#include "sys/metrics.h"

#include <errno.h>
#include <time.h>

enum { PENDING_BUDGET = 4 * HISTORY_MAX_BYTES };

struct history_item {
	struct history_item *next;
	bool is_event;
	union {
		struct history_message message;
		struct history_event event;
	};
	str recipients; /* JSON */
};

static const char *const steps[] = {
	"CREATE TABLE message ("
	" mid TEXT PRIMARY KEY, at INTEGER NOT NULL, disposition TEXT NOT NULL,"
	" client_ip TEXT, helo TEXT, mail_from TEXT, recipients TEXT, header_from TEXT, subject "
	"TEXT,"
	" size INTEGER, action TEXT, score REAL, record TEXT,"
	" state TEXT, state_at INTEGER, next_hop TEXT, reply TEXT) WITHOUT ROWID;"
	"CREATE INDEX message_at ON message (at)",
	/* Rows of some kilobytes belong into a table of their own order: in the tree of a key
	 * each would have pages of its own. */
	"ALTER TABLE message RENAME TO message_1; DROP INDEX message_at;"
	"CREATE TABLE message ("
	" mid TEXT NOT NULL UNIQUE, at INTEGER NOT NULL, disposition TEXT NOT NULL,"
	" client_ip TEXT, helo TEXT, mail_from TEXT, recipients TEXT, header_from TEXT, subject "
	"TEXT,"
	" size INTEGER, action TEXT, score REAL,"
	" state TEXT, state_at INTEGER, next_hop TEXT, reply TEXT, record TEXT);"
	"INSERT INTO message SELECT mid, at, disposition, client_ip, helo, mail_from, recipients,"
	" header_from, subject, size, action, score, state, state_at, next_hop, reply, record"
	" FROM message_1;"
	"DROP TABLE message_1;"
	"CREATE INDEX message_at ON message (at)",
};

static const struct recordsdb_schema schema = { steps, ARRAY_LEN(steps), false };

#define INSERT                                                                                     \
	"INSERT OR REPLACE INTO message (mid, at, disposition, client_ip, helo, mail_from,"        \
	" recipients, header_from, subject, size, action, score, record,"                          \
	" state, state_at, next_hop, reply)"                                                       \
	" VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12 / 100.0, ?13,"                 \
	" nullif(?14, ''), nullif(?15, 0), nullif(?16, ''), nullif(?17, ''))"
#define UPDATE                                                                                     \
	"UPDATE message SET state = ?2, state_at = ?3, next_hop = ?4, reply = ?5 WHERE mid = ?1"
#define FIND                                                                                       \
	"SELECT json_object('id', mid, 'time', strftime('%Y-%m-%dT%H:%M:%SZ', at, 'unixepoch'),"   \
	" 'disposition', disposition, 'client_ip', client_ip, 'helo', helo,"                       \
	" 'reverse_path', mail_from, 'recipients', json(recipients), 'from', header_from,"         \
	" 'subject', subject, 'size', size, 'action', action, 'score', score,"                     \
	" 'state', state, 'state_time', strftime('%Y-%m-%dT%H:%M:%SZ', state_at, 'unixepoch'),"    \
	" 'next_hop', next_hop, 'reply', reply,"                                                   \
	" 'record', CASE WHEN json_valid(record) THEN json(record) END)"                           \
	" FROM message WHERE mid = ?1"
#define EXPIRE "DELETE FROM message WHERE mid IN (SELECT mid FROM message WHERE at < ?1 LIMIT ?2)"

static void init_locks(struct history *h)
{
	pthread_condattr_t attr;

	pthread_mutex_init(&h->lock, NULL);
	pthread_mutex_init(&h->db_lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&h->changed, &attr);
	pthread_condattr_destroy(&attr);
}

int history_open(struct history *h, const char *path, struct why *why)
{
	struct history n = { 0 };
	int r = recordsdb_open(path, &schema, &n.db, why);

	if (r != RECORDSDB_OK)
		return r;
	r = recordsdb_prepare(n.db, INSERT, &n.insert, why);
	if (r == 0)
		r = recordsdb_prepare(n.db, UPDATE, &n.update, why);
	if (r == 0)
		r = recordsdb_prepare(n.db, FIND, &n.find, why);
	if (r == 0)
		r = recordsdb_prepare(n.db, EXPIRE, &n.expire, why);
	if (r < 0) {
		recordsdb_close(n.db);
		return why_prefix(why, r, "%s", path);
	}
	*h = n;
	init_locks(h);
	h->pending_arena = arena_new("history", PENDING_BUDGET);
	h->spare_arena = arena_new("history", PENDING_BUDGET);
	h->last = &h->first;
	return RECORDSDB_OK;
}

void history_close(struct history *h)
{
	(void)!history_flush(h, NULL); /* the last words of a process that is ending */
	recordsdb_close(h->db);
	arena_free(h->pending_arena);
	arena_free(h->spare_arena);
	pthread_cond_destroy(&h->changed);
	pthread_mutex_destroy(&h->lock);
	pthread_mutex_destroy(&h->db_lock);
}

/* A free item, or NULL; with the lock held. */
static struct history_item *new_item(struct history *h)
{
	struct history_item *i;

	if (h->n_pending >= HISTORY_MAX_PENDING ||
	    arena_used(h->pending_arena) > HISTORY_MAX_BYTES) {
		h->dropped++;
		metrics_add(METRIC_store_history_dropped, 1);
		return NULL;
	}
	i = arena_make(h->pending_arena, struct history_item);
	metrics_add(METRIC_store_history_rows, 1);
	*h->last = i;
	h->last = &i->next;
	if (++h->n_pending == 1 || h->n_pending == HISTORY_BATCH)
		pthread_cond_signal(&h->changed);
	return i;
}

static str keep(struct history *h, str s)
{
	return arena_str(h->pending_arena, recordstext_clean(h->pending_arena, s));
}

void history_add(struct history *h, const struct history_message *m)
{
	struct history_item *i;

	pthread_mutex_lock(&h->lock);
	i = new_item(h);
	if (i) {
		i->recipients = recordstext_array(h->pending_arena, m->recipients, m->n_recipients);
		i->message = (struct history_message){
			.mid = keep(h, m->mid),
			.at = m->at,
			.disposition = keep(h, m->disposition),
			.client_ip = keep(h, m->client_ip),
			.helo = keep(h, m->helo),
			.reverse_path = keep(h, m->reverse_path),
			.from = keep(h, m->from),
			.subject = keep(h, m->subject),
			.size = m->size,
			.action = keep(h, m->action),
			.score = m->score,
			.record = keep(h, m->record),
			.state = keep(h, m->state),
			.state_at = m->state_at,
			.next_hop = keep(h, m->next_hop),
			.reply = keep(h, m->reply),
		};
	}
	pthread_mutex_unlock(&h->lock);
}

void history_note(struct history *h, const struct history_event *e)
{
	struct history_item *i;

	pthread_mutex_lock(&h->lock);
	i = new_item(h);
	if (i) {
		i->is_event = true;
		i->event = (struct history_event){ keep(h, e->mid), e->at, keep(h, e->state),
						   keep(h, e->next_hop), keep(h, e->reply) };
	}
	pthread_mutex_unlock(&h->lock);
}

static int write_message(struct history *h, const struct history_item *i, struct why *why)
{
	const struct history_message *m = &i->message;
	sqlite3_stmt *s = h->insert;

	recordsdb_bind_text(s, 1, m->mid);
	recordsdb_bind_int(s, 2, m->at);
	recordsdb_bind_text(s, 3, m->disposition);
	recordsdb_bind_text(s, 4, m->client_ip);
	recordsdb_bind_text(s, 5, m->helo);
	recordsdb_bind_text(s, 6, m->reverse_path);
	recordsdb_bind_text(s, 7, i->recipients);
	recordsdb_bind_text(s, 8, m->from);
	recordsdb_bind_text(s, 9, m->subject);
	recordsdb_bind_int(s, 10, (int64_t)m->size);
	recordsdb_bind_text(s, 11, m->action);
	recordsdb_bind_int(s, 12, m->score);
	recordsdb_bind_text(s, 13, m->record);
	recordsdb_bind_text(s, 14, m->state);
	recordsdb_bind_int(s, 15, m->state_at);
	recordsdb_bind_text(s, 16, m->next_hop);
	recordsdb_bind_text(s, 17, m->reply);
	return recordsdb_run(s, why);
}

static int write_event(struct history *h, const struct history_event *e, struct why *why)
{
	sqlite3_stmt *s = h->update;

	recordsdb_bind_text(s, 1, e->mid);
	recordsdb_bind_text(s, 2, e->state);
	recordsdb_bind_int(s, 3, e->at);
	recordsdb_bind_text(s, 4, e->next_hop);
	recordsdb_bind_text(s, 5, e->reply);
	return recordsdb_run(s, why);
}

static int write_items(struct history *h, const struct history_item *i, struct why *why)
{
	int r = recordsdb_exec(h->db, "BEGIN IMMEDIATE", why);

	if (r < 0)
		return r;
	for (; i && r == 0; i = i->next)
		r = i->is_event ? write_event(h, &i->event, why) : write_message(h, i, why);
	if (r == 0)
		r = recordsdb_exec(h->db, "COMMIT", why);
	if (r < 0)
		(void)!recordsdb_exec(h->db, "ROLLBACK", NULL); /* r tells what went wrong */
	return r;
}

int history_flush(struct history *h, struct why *why)
{
	struct history_item *items;
	struct arena *a;
	int r = 0;

	pthread_mutex_lock(&h->db_lock);
	pthread_mutex_lock(&h->lock);
	items = h->first;
	a = h->pending_arena;
	h->pending_arena = h->spare_arena;
	h->spare_arena = a;
	h->first = NULL;
	h->last = &h->first;
	h->n_pending = 0;
	pthread_mutex_unlock(&h->lock);
	if (items)
		r = write_items(h, items, why);
	arena_reset(a); /* nobody else touches the spare one: db_lock is ours */
	pthread_mutex_unlock(&h->db_lock);
	return r;
}

/* Until a batch is worth writing. False: stopping, and nothing is pending. */
static bool wait_for_batch(struct history *h, uint64_t *ret_dropped)
{
	deadline d;
	bool any;

	pthread_mutex_lock(&h->lock);
	while (h->n_pending == 0 && !h->stopping)
		pthread_cond_wait(&h->changed, &h->lock);
	d = deadline_in(HISTORY_GATHER_MS);
	while (h->n_pending < HISTORY_BATCH && !h->stopping) {
		struct timespec until = { .tv_sec = d / 1000, .tv_nsec = d % 1000 * 1000000 };

		if (pthread_cond_timedwait(&h->changed, &h->lock, &until) == ETIMEDOUT)
			break;
	}
	any = h->n_pending > 0;
	*ret_dropped = h->dropped;
	h->dropped = 0;
	pthread_mutex_unlock(&h->lock);
	return any;
}

int history_run(struct history *h, uint64_t *ret_dropped, struct why *why)
{
	int r;

	if (!wait_for_batch(h, ret_dropped))
		return HISTORY_STOPPED;
	r = history_flush(h, why);
	return r < 0 ? r : HISTORY_WRITTEN;
}

void history_stop(struct history *h)
{
	pthread_mutex_lock(&h->lock);
	h->stopping = true;
	pthread_cond_broadcast(&h->changed);
	pthread_mutex_unlock(&h->lock);
}

int history_find(struct history *h, struct arena *a, str mid, str *ret, struct why *why)
{
	str found = STR_NULL;
	int r = history_flush(h, why);

	if (r < 0)
		return r;
	pthread_mutex_lock(&h->db_lock);
	recordsdb_bind_text(h->find, 1, recordstext_clean(a, mid));
	if (recordsdb_step(h->find, &r, why))
		found = arena_str(a, recordsdb_text(h->find, 0));
	recordsdb_reset(h->find);
	pthread_mutex_unlock(&h->db_lock);
	if (r < 0)
		return r;
	*ret = found;
	return 0;
}

int history_expire(struct history *h, int64_t before, int n, int *ret_n, struct why *why)
{
	int r;

	pthread_mutex_lock(&h->db_lock);
	recordsdb_bind_int(h->expire, 1, before);
	recordsdb_bind_int(h->expire, 2, n);
	r = recordsdb_run(h->expire, why);
	if (r == 0)
		*ret_n = sqlite3_changes(h->db);
	pthread_mutex_unlock(&h->db_lock);
	return r;
}

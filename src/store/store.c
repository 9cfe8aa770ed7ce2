#include "store/store.h"

#include "base/clock.h"
#include "base/fd.h"
#include "base/log.h"
#include "spool/recovery.h"
#include "spool/spoolfile.h"
#include "store/exportdesk.h"
#include "store/keptdesk.h"
#include "store/parts.h"
#include "store/report.h"
#include "store/reportdesk.h"
#include "store/storereports.h"
#include "sys/metrics.h"

#include <errno.h>
#include <sys/random.h>
#include <time.h>

enum { CONF_BUDGET = 8 << 20, QUEUE_BUDGET = 1 << 30, DESTINATIONS_BUDGET = 4 << 20 };

int store_set_config(struct store *s, str text, const struct conf **ret, struct why *why)
{
	struct arena *a = arena_new("store settings", CONF_BUDGET);
	struct store_settings *n = arena_make(a, struct store_settings);
	struct conf *c = conf_new_default(a);
	struct route_table routes;
	int r = conf_text_decode(c, text, why);

	if (r == 0)
		r = route_table_make(a, c, &routes, why);
	if (r < 0) {
		arena_free(a);
		return r;
	}
	*n = (struct store_settings){
		.conf = c,
		.retry = { c->delivery.retry.v, c->delivery.retry.n, c->delivery.max_age,
			   c->dsn.warn_after, c->delivery.connections },
		.one_destination = c->delivery.routes.n == 0 &&
				   c->delivery.next_hop.kind != CONF_PEER_MX &&
				   c->dsn.via.kind == CONF_PEER_NONE,
		.quarantine_keep_ms = c->quarantine.keep,
		.history_keep_ms = c->history.keep,
		.routes = routes,
	};
	s->settings = n;
	if (s->queue.arena) {
		pthread_mutex_lock(&s->lock);
		queue_set_policy(&s->queue, &n->retry);
		pthread_mutex_unlock(&s->lock);
	}
	*ret = c;
	return 0;
}

static void init_queue(struct store *s)
{
	pthread_condattr_t attr;
	uint64_t seed = 0;

	pthread_mutex_init(&s->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&s->changed, &attr);
	pthread_cond_init(&s->upkeep, &attr);
	pthread_cond_init(&s->closed, &attr);
	pthread_condattr_destroy(&attr);
	(void)!getrandom(&seed, sizeof(seed), 0); /* any number will do */
	for (size_t i = 0; i < STORE_STATE_LOCKS; i++)
		pthread_mutex_init(&s->state_locks[i], NULL);
	queue_init(&s->queue, arena_new("queue", QUEUE_BUDGET),
		   &((const struct store_settings *)s->settings)->retry, seed);
}

static void log_aside(const char *path, const struct why *why)
{
	log_event("records.set_aside", F_C("file", path), F_C("why", why->text));
}

/* A broken database is set aside and begun anew; mail must not depend on it. */
static bool open_history(struct store *s)
{
	static const char path[] = "records/history.db";
	struct why why;
	int r = history_open(&s->history, path, &why);

	if (r == RECORDSDB_E_BROKEN) {
		log_aside(path, &why);
		r = recordsdb_set_aside(path, &why);
		if (r == 0)
			r = history_open(&s->history, path, &why);
	}
	if (r != RECORDSDB_OK)
		log_event("records.failed", F_C("file", path), F_C("why", why.text));
	return r == RECORDSDB_OK;
}

static bool open_index(struct store *s)
{
	static const char path[] = "records/quarantine.db";
	struct why why;
	int r = quarantineindex_open(&s->index, path, &why);

	if (r == RECORDSDB_E_BROKEN) {
		log_aside(path, &why);
		r = recordsdb_set_aside(path, &why);
		if (r == 0)
			r = quarantineindex_open(&s->index, path, &why);
	}
	if (r != RECORDSDB_OK)
		log_event("records.failed", F_C("file", path), F_C("why", why.text));
	return r == RECORDSDB_OK;
}

static bool open_reports_out(struct store *s)
{
	static const char path[] = "records/reports-out.db";
	struct why why;
	int r = reportsout_open(&s->reports_out, path, &why);

	if (r == RECORDSDB_E_BROKEN) {
		log_aside(path, &why);
		r = recordsdb_set_aside(path, &why);
		if (r == 0)
			r = reportsout_open(&s->reports_out, path, &why);
	}
	if (r != RECORDSDB_OK)
		log_event("records.failed", F_C("file", path), F_C("why", why.text));
	return r == RECORDSDB_OK;
}

static void on_message(void *ctx, const struct spoolmeta *m, const struct spool_state *state)
{
	reportdesk_found(ctx, m->id);
	store_enqueue(ctx, m, state);
}

static void on_bad_message(void *ctx unused_arg, const char *name, const char *reason)
{
	log_event("spool.corrupt", F_C("file", name), F_C("why", reason));
}

static void on_found(void *ctx unused_arg, const char *id)
{
	log_event("quarantine.found", F_C("mid", id));
}

static void on_missing(void *ctx unused_arg, const char *id)
{
	log_event("quarantine.missing", F_C("mid", id));
}

static void on_bad_held(void *ctx unused_arg, const char *name, const char *reason)
{
	log_event("quarantine.corrupt", F_C("file", name), F_C("why", reason));
}

static int open_quarantine(struct store *s, int dirfd, struct why *why)
{
	const struct quarantine_visitor v = { NULL, on_found, on_missing, on_bad_held };
	bool has_index = open_index(s);
	struct why quarrel;
	int r = quarantine_open(&s->quarantine, dirfd, has_index ? &s->index : NULL, why);

	if (r < 0)
		return r;
	if (has_index && quarantine_reconcile(&s->quarantine, &v, &quarrel) < 0)
		log_event("quarantine.not_compared", F_C("why", quarrel.text));
	return 0;
}

int store_open(struct store *s, int dirfd, struct why *why)
{
	const struct recovery_visitor v = { s, on_message, on_bad_message };
	int records = spoolfile_dir(dirfd, "records", why);
	int r;

	if (records < 0)
		return records;
	fd_close(records);
	init_queue(s);
	r = spool_open(&s->spool, dirfd, why);
	if (r < 0)
		return r;
	s->has_history = open_history(s);
	storereports_open(s);
	s->has_reports_out = open_reports_out(s);
	keptdesk_open(s, dirfd);
	exportdesk_open(&s->exports, dirfd);
	r = open_quarantine(s, dirfd, why);
	if (r < 0)
		return r;
	r = recovery_run(&s->spool, &v, why);
	if (r == 0)
		log_event("spool.recovered", F_INT("messages", s->queue.total));
	return r;
}

void store_put_in_history(struct store *s, const struct spoolmeta *m)
{
	const struct history_message h = { .mid = str_c(m->id.text),
					   .at = m->received_at,
					   .disposition = STR("deliver"),
					   .client_ip = m->client_ip,
					   .helo = m->helo,
					   .reverse_path = m->reverse_path,
					   .recipients = m->recipients,
					   .n_recipients = m->n_recipients,
					   .from = m->from,
					   .subject = m->subject,
					   .size = m->body_size,
					   .record = m->record };

	if (s->has_history)
		history_add(&s->history, &h);
}

struct queue_time store_time(void)
{
	return (struct queue_time){ clock_now_ms(), clock_wall_ms() };
}

void store_enqueue(struct store *s, const struct spoolmeta *m, const struct spool_state *state)
{
	cleanup(arena_freep) struct arena *a = arena_new("destinations", DESTINATIONS_BUDGET);
	const struct store_settings *c = s->settings;
	const str *destinations = parts_destinations(a, c, m);
	bool warn = report_may_send(c, m) && !state->warned;
	struct queue_message *in;

	pthread_mutex_lock(&s->lock);
	in = queue_find(&s->queue, m->id);
	if (!in) {
		in = queue_add(&s->queue, m->id, m->queued_at * 1000, state->held, warn);
		if (in)
			parts_add(s, c, in, m, state, destinations);
		pthread_cond_signal(&s->changed);
	}
	pthread_mutex_unlock(&s->lock);
	if (!in)
		log_event("queue.full",
			  F_C("mid", m->id.text)); /* it is on disk: the next start finds it */
}

void store_enqueue_new(struct store *s, const struct spoolmeta *m)
{
	cleanup(arena_freep) struct arena *a = arena_new("fresh state", DESTINATIONS_BUDGET);
	struct spool_state fresh = spoolstate_fresh(a, m->n_recipients);

	store_enqueue(s, m, &fresh);
}

static pthread_mutex_t *state_lock(struct store *s, struct spool_id id)
{
	return &s->state_locks[map_hash(str_c(id.text), false) % STORE_STATE_LOCKS];
}

void store_lock_state(struct store *s, struct spool_id id)
{
	pthread_mutex_lock(state_lock(s, id));
}

void store_unlock_state(struct store *s, struct spool_id id)
{
	pthread_mutex_unlock(state_lock(s, id));
}

bool store_is_queued(struct store *s, struct spool_id id)
{
	bool found;

	pthread_mutex_lock(&s->lock);
	found = queue_find(&s->queue, id) != NULL;
	pthread_mutex_unlock(&s->lock);
	return found;
}

int store_hold(struct store *s, struct arena *a, struct spoolmeta m, const struct bodyparts *body,
	       str held_class, str reason, struct why *why)
{
	int r;

	m.held_class = held_class;
	m.held_reason = str_sub(reason, 0, SPOOLMETA_MAX_TEXT);
	m.queued_at = clock_wall();
	r = quarantine_put(&s->quarantine, a, &m, body, why);
	if (r == 0)
		metrics_add(METRIC_store_quarantined, 1);
	return r;
}

void store_note(struct store *s, struct spool_id id, str state, str next_hop, str reply)
{
	const struct history_event e = { str_c(id.text), clock_wall(), state, next_hop, reply };

	if (s->has_history)
		history_note(&s->history, &e);
}

void store_stop(struct store *s, int64_t grace_ms)
{
	deadline d = deadline_in(grace_ms);
	struct timespec until = { .tv_sec = d / 1000, .tv_nsec = d % 1000 * 1000000 };

	pthread_mutex_lock(&s->lock);
	s->stopping = true;
	pthread_cond_broadcast(&s->changed);
	pthread_cond_broadcast(&s->upkeep);
	while (s->delivering) {
		if (pthread_cond_timedwait(&s->changed, &s->lock, &until) == ETIMEDOUT)
			break;
	}
	pthread_mutex_unlock(&s->lock);
	if (s->has_reports_out)
		reportdesk_write(s);
	keptdesk_write_all(s);
	if (s->has_history)
		(void)!history_flush(&s->history, NULL); /* we are going either way */
}

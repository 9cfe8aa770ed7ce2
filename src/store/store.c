#include "store/store.h"

#include "base/clock.h"
#include "base/fd.h"
#include "base/log.h"
#include "spool/recovery.h"
#include "spool/spoolfile.h"
#include "sys/metrics.h"

#include <errno.h>
#include <sys/random.h>
#include <time.h>

enum { CONF_BUDGET = 8 << 20, QUEUE_BUDGET = 1 << 30 };

int store_set_config(struct store *s, str text, const struct conf **ret, struct why *why)
{
	struct arena *a = arena_new("store settings", CONF_BUDGET);
	struct store_settings *n = arena_make(a, struct store_settings);
	struct conf *c = conf_new_default(a);
	int r = conf_text_decode(c, text, why);

	if (r < 0) {
		arena_free(a);
		return r;
	}
	*n = (struct store_settings){
		.retry = { c->delivery.retry.v, c->delivery.retry.n, c->delivery.max_age },
		.quarantine_keep_ms = c->quarantine.keep,
		.history_keep_ms = c->history.keep,
	};
	s->settings = n;
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
	pthread_condattr_destroy(&attr);
	(void)!getrandom(&seed, sizeof(seed), 0); /* any number will do */
	queue_init(&s->queue, arena_new("queue", QUEUE_BUDGET), seed);
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

static void on_message(void *ctx, const struct spoolmeta *m, const struct spool_state *state)
{
	struct store *s = ctx;
	int64_t pause = state->attempts ? state->next_at * 1000 - clock_wall_ms() : 0;
	int64_t longest = queue_longest_pause(&((const struct store_settings *)s->settings)->retry);

	/* More than that was written by a clock that has been set back since. */
	if (pause > longest)
		pause = longest;
	store_enqueue(s, m->id, m->queued_at * 1000, state->attempts, pause > 0 ? pause : 0);
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
	r = open_quarantine(s, dirfd, why);
	if (r < 0)
		return r;
	r = recovery_run(&s->spool, &v, why);
	if (r == 0)
		log_event("spool.recovered", F_INT("messages", s->queue.total));
	return r;
}

void store_enqueue(struct store *s, struct spool_id id, int64_t queued_at, uint32_t attempts,
		   int64_t pause)
{
	bool fits;

	pthread_mutex_lock(&s->lock);
	fits = queue_add(&s->queue, id, queued_at, attempts, deadline_in(pause));
	pthread_cond_signal(&s->changed);
	pthread_mutex_unlock(&s->lock);
	if (!fits)
		log_event("queue.full",
			  F_C("mid", id.text)); /* it is on disk: the next start finds it */
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
	if (s->has_history)
		(void)!history_flush(&s->history, NULL); /* we are going either way */
}

#include "fetch/poster.h"

#include "base/log.h"
#include "fetch/feeder.h"
#include "sys/metrics.h"

#include <errno.h>
#include <time.h>

enum { ANSWER_BYTES = 16 << 10, ATTEMPT_BUDGET = 32 << 20, IDLE_MS = 3600 * 1000 };

int poster_by_http(const void *ctx, struct arena *a, const struct httpget *q,
		   struct httpget_answer *ret, struct why *why)
{
	return httpget_run(ctx, a, q, ret, why);
}

static int prepare_one(struct arena *a, const struct exportrow *row, str ca,
		       struct poster_target *t, struct why *why)
{
	int r = 0;

	*t = (struct poster_target){ .row = *row, .ca = ca, .key = STR("") };
	if (row->ca.n)
		r = feeder_read_ca(a, row->ca, &t->ca, why);
	if (r == 0 && row->key.n)
		r = feeder_read_key(a, row->key, &t->key, why);
	return r < 0 ? why_prefix(why, r, "exporter.targets: %.*s", STR_ARG(row->name)) : 0;
}

int poster_prepare(struct poster *p, const struct conf *conf, str ca, struct why *why)
{
	pthread_condattr_t attr;
	struct exportrow row;

	*p = (struct poster){ .ask = poster_by_http };
	pthread_mutex_init(&p->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&p->more, &attr);
	pthread_condattr_destroy(&attr);
	for (size_t i = 0; exportrow_at(conf, i, &row); i++) {
		struct poster_target *t = &p->targets[p->n];
		int r;

		if (row.pusher != EXPORTROW_HTTP)
			continue;
		r = prepare_one(conf->arena, &row, ca, t, why);
		if (r < 0)
			return r;
		t->last = &t->first;
		p->n++;
	}
	return 0;
}

/* --- what waits --- */

static void count_waiting(const struct poster *p)
{
	size_t n = 0;

	for (size_t i = 0; i < p->n; i++)
		n += p->targets[i].n;
	metrics_set(METRIC_fetch_exports_waiting, n);
}

static void say_dropped(const struct poster_target *t, const char *why)
{
	metrics_add(METRIC_fetch_exports_failed, 1);
	log_event("export.dropped", F_STR("target", t->row.name), F_C("why", why));
}

static struct posting *make_posting(str bytes, int64_t now_ms)
{
	struct arena *a = arena_new("export", 2 * bytes.n + (64 << 10));
	struct posting *one = arena_make(a, struct posting);

	*one = (struct posting){ .arena = a, .bytes = arena_str(a, bytes), .since = now_ms };
	return one;
}

/* Under the lock. */
static void append(struct poster_target *t, struct posting *one)
{
	*t->last = one;
	t->last = &one->next;
	t->n++;
	t->bytes += one->bytes.n;
}

static void drop_first(struct poster_target *t)
{
	struct posting *one = t->first;

	t->first = one->next;
	if (!t->first)
		t->last = &t->first;
	t->n--;
	t->bytes -= one->bytes.n;
	arena_free(one->arena);
}

bool poster_put(struct poster *p, str target, str bytes, int64_t now_ms)
{
	struct poster_target *t = NULL;
	bool room;

	for (size_t i = 0; i < p->n; i++) {
		if (str_eq(p->targets[i].row.name, target))
			t = &p->targets[i];
	}
	if (!t)
		return false;
	pthread_mutex_lock(&p->lock);
	room = t->n < POSTER_WAITING && bytes.n <= POSTER_BYTES - t->bytes;
	if (room) {
		append(t, make_posting(bytes, now_ms));
		count_waiting(p);
		pthread_cond_signal(&p->more);
	}
	pthread_mutex_unlock(&p->lock);
	if (!room)
		say_dropped(t, "too many wait for it");
	return true;
}

/* --- telling --- */

enum outcome { TOLD, LATER, NEVER };

static enum outcome attempt(struct poster *p, const struct poster_target *t,
			    const struct posting *one, struct why *why)
{
	cleanup(arena_freep) struct arena *a = arena_new("post", ATTEMPT_BUDGET);
	struct httpget q = { .url = t->row.where,
			     .plain = t->row.http,
			     .post = one->bytes,
			     .cut = true,
			     .max_bytes = ANSWER_BYTES,
			     .ca = t->ca,
			     .until = deadline_in(POSTER_MS) };
	struct httpget_answer answer = { 0 };

	q.fields[q.n_fields++] = STR("Content-Type: application/json");
	q.fields[q.n_fields++] =
		STR("Expect:"); /* no second of waiting for 100 (RFC 9110 10.1.1) */
	if (t->key.n)
		q.fields[q.n_fields++] = t->key;
	if (p->ask(p->ctx, a, &q, &answer, why) != HTTPGET_OK) {
		if (!why->text[0])
			(void)why_set(why, -EACCES, "its address is inside; fetch.allow_private");
		return LATER;
	}
	if (answer.code / 100 == 2)
		return TOLD;
	(void)why_set(why, -EPROTO, "its status is %ld", answer.code);
	return answer.code / 100 == 4 && answer.code != 408 && answer.code != 429 ? NEVER : LATER;
}

static void pause_target(struct poster_target *t, int64_t now_ms)
{
	t->pause = t->pause ? 2 * t->pause : POSTER_PAUSE_MS;
	if (t->pause > POSTER_PAUSE_MAX_MS)
		t->pause = POSTER_PAUSE_MAX_MS;
	t->not_before = now_ms + t->pause;
}

/* The first of a target; nobody else takes it away meanwhile. */
static void tell_first(struct poster *p, struct poster_target *t, int64_t now_ms)
{
	struct why why = { "" };
	enum outcome o = attempt(p, t, t->first, &why);
	bool old = now_ms - t->first->since >= POSTER_AGE_MS;

	pthread_mutex_lock(&p->lock);
	if (o == LATER)
		pause_target(t, now_ms);
	else
		t->pause = 0;
	if (o != LATER || old) {
		drop_first(t);
		count_waiting(p);
	}
	pthread_mutex_unlock(&p->lock);
	if (o == TOLD)
		metrics_add(METRIC_fetch_exports_done, 1);
	else if (o == NEVER || old)
		say_dropped(t, why.text);
}

static bool is_due(struct poster *p, const struct poster_target *t, int64_t now_ms)
{
	bool due;

	pthread_mutex_lock(&p->lock);
	due = t->first && t->not_before <= now_ms;
	pthread_mutex_unlock(&p->lock);
	return due;
}

static int64_t next_round(struct poster *p, int64_t now_ms)
{
	int64_t next = now_ms + IDLE_MS;

	for (size_t i = 0; i < p->n; i++) {
		const struct poster_target *t = &p->targets[i];

		if (t->first && t->not_before < next)
			next = t->not_before;
	}
	return next;
}

int64_t poster_round(struct poster *p, int64_t now_ms)
{
	int64_t next;

	for (size_t i = 0; i < p->n; i++) {
		if (is_due(p, &p->targets[i], now_ms))
			tell_first(p, &p->targets[i], now_ms);
	}
	pthread_mutex_lock(&p->lock);
	next = next_round(p, now_ms);
	pthread_mutex_unlock(&p->lock);
	return next;
}

void poster_run(void *ctx)
{
	struct poster *p = ctx;

	for (;;) {
		int64_t next = poster_round(p, clock_now_ms());
		struct timespec until = { .tv_sec = next / 1000, .tv_nsec = next % 1000 * 1000000 };

		pthread_mutex_lock(&p->lock);
		if (next_round(p, clock_now_ms()) > clock_now_ms())
			(void)pthread_cond_timedwait(&p->more, &p->lock, &until);
		pthread_mutex_unlock(&p->lock);
	}
}

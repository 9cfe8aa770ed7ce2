#include "fetch/feeder.h"

#include "base/fd.h"
#include "base/log.h"
#include "sys/metrics.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>

enum { LOOK_S = 60 }; /* staleness is found out so late */

/* --- the administrator's files --- */

int feeder_read_key(struct arena *a, str path, str *ret, struct why *why)
{
	cleanup(fd_closep) int fd =
		open(arena_cz(a, path), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	struct stat st;
	int r;

	if (fd < 0 || fstat(fd, &st) < 0)
		return why_set(why, -errno, "%.*s: %m", STR_ARG(path));
	if (!S_ISREG(st.st_mode) || st.st_mode & (S_IRWXG | S_IRWXO))
		return why_set(why, -EPERM,
			       "%.*s: others may read this key, or it is no file; chmod 0400 it",
			       STR_ARG(path));
	r = fd_read_all(fd, a, FEEDER_KEY_MAX, ret, why);
	if (r < 0)
		return why_prefix(why, r, "%.*s", STR_ARG(path));
	*ret = str_trim(*ret);
	if (str_chr(*ret, ':') == STR_NONE || str_chr(*ret, '\n') != STR_NONE ||
	    str_chr(*ret, '\r') != STR_NONE)
		return why_set(why, -EINVAL,
			       "%.*s: expected one header field, like \"Authorization: abc\"",
			       STR_ARG(path));
	return 0;
}

int feeder_read_ca(struct arena *a, str path, str *ret, struct why *why)
{
	int r = fd_read_path(arena_cz(a, path), a, FEEDER_FILE_MAX, ret, why);

	return r < 0 ? why_prefix(why, r, "%.*s", STR_ARG(path)) : 0;
}

static int prepare_one(struct feeder *f, const struct feedrow *row, const char *home,
		       struct feedfetch *ret, struct why *why)
{
	struct arena *a = f->conf->arena;
	int r = 0;

	*ret = (struct feedfetch){ .home = str_c(home),
				   .row = *row,
				   .ca = f->ca,
				   .max_bytes = f->conf->feeds.max_bytes,
				   .timeout_ms = f->conf->feeds.timeout };
	if (row->ca.n)
		r = feeder_read_ca(a, row->ca, &ret->ca, why);
	if (r == 0 && row->key.n)
		r = feeder_read_key(a, row->key, &ret->key, why);
	return r < 0 ? why_prefix(why, r, "feed %.*s", STR_ARG(row->name)) : 0;
}

int feeder_prepare(struct feeder *f, const struct conf *conf, const char *home, struct why *why)
{
	*f = (struct feeder){ .conf = conf };
	f->feeds = arena_array(conf->arena, struct feedfetch, conf->feeds.sources.n);
	/* Where a site has no certificates, feeds with their own still are fetched. */
	if (conf->tls.ca.n && feeder_read_ca(conf->arena, conf->tls.ca, &f->ca, why) < 0)
		log_event("feed.no_authorities", F_C("why", why->text));
	for (size_t i = 0; i < conf->feeds.sources.n; i++) {
		struct feedrow row;
		int r;

		bug_if(!feedrow_parse(conf->feeds.sources.v[i], &row)); /* feedrow_check */
		r = prepare_one(f, &row, home, &f->feeds[f->n], why);
		if (r < 0)
			return r;
		f->n++;
	}
	return 0;
}

void feeder_set_ways(struct feeder *f, struct dns_resolver dns)
{
	for (size_t i = 0; i < f->n; i++)
		f->feeds[i].ways =
			(struct httpget_ways){ .dns = dns,
					       .allow_private = f->conf->fetch.allow_private,
					       .proxy = f->conf->fetch.proxy,
					       .agent = STR("Poterne") };
}

const struct feedfetch *feeder_find(const struct feeder *f, str name)
{
	for (size_t i = 0; i < f->n; i++) {
		if (str_eq(f->feeds[i].row.name, name))
			return &f->feeds[i];
	}
	return NULL;
}

/* --- the work --- */

static void tell(const struct feedfetch *f, enum feedfetch_result r, const struct feedstate *s,
		 const struct why *why)
{
	if (r == FEEDFETCH_FAILED) {
		metrics_add(METRIC_fetch_feeds_failed, 1);
		log_event("feed.failed", F_STR("feed", f->row.name), F_C("why", why->text),
			  F_INT("failures", s->failures));
	} else if (r == FEEDFETCH_CHANGED) {
		metrics_add(METRIC_fetch_feeds_changed, 1);
		log_event("feed.changed", F_STR("feed", f->row.name), F_STR("list", f->row.list),
			  F_INT("version", s->version), F_INT("entries", s->entries),
			  F_INT("left_out", s->left_out));
	} else {
		metrics_add(METRIC_fetch_feeds_same, 1);
	}
}

static void fetch_one(const struct feedfetch *f, int64_t now, struct feedstate *state)
{
	cleanup(arena_freep) struct arena *a = arena_new("feed", FEEDER_BUDGET);
	struct why why = { "" };
	uint64_t seed = 0;
	enum feedfetch_result r;

	if (getrandom(&seed, sizeof(seed), 0) < 0)
		seed = (uint64_t)now; /* only less spread */
	r = feedfetch_run(f, a, now, seed, state, &why);
	tell(f, r, state, &why);
}

/* What is remembered here besides: a disk that is full must not have us ask without end. */
struct turn {
	int64_t next_at;
	bool stale;
};

/* The wall clock may have been set back: nothing is due later than two periods from now. */
static bool has_come(int64_t at, const struct feedrow *row, int64_t now)
{
	return at <= now || at > now + 2 * row->every / 1000;
}

static void take_turn(const struct feedfetch *feed, struct arena *a, int64_t now, struct turn *turn)
{
	struct feedstate s = feedstate_read(a, feed->home, feed->row.name);
	bool stale;

	if (has_come(s.next_at, &feed->row, now) && has_come(turn->next_at, &feed->row, now))
		fetch_one(feed, now, &s);
	if (s.next_at > turn->next_at || has_come(turn->next_at, &feed->row, now))
		turn->next_at = s.next_at;
	stale = feedstate_stale(&s, &feed->row, now);
	if (stale && !turn->stale)
		log_event("feed.stale", F_STR("feed", feed->row.name),
			  F_INT("fetched_at", s.fetched_at));
	turn->stale = stale;
}

/* Fetches what is due; returns the seconds until the next one is. */
static int64_t look(struct feeder *f, struct turn *turns)
{
	int64_t wait = LOOK_S, stale = 0;

	for (size_t i = 0; i < f->n; i++) {
		cleanup(arena_freep) struct arena *a = arena_new("feed state", 1 << 20);
		int64_t now = clock_wall();

		take_turn(&f->feeds[i], a, now, &turns[i]);
		stale += turns[i].stale;
		if (turns[i].next_at - now < wait)
			wait = turns[i].next_at - now;
	}
	metrics_set(METRIC_fetch_feeds_stale, stale);
	return wait > 1 ? wait : 1;
}

/* Nobody wakes it: a reload is a new process. Somebody may set the clock meanwhile. */
static void pause_for(int64_t seconds)
{
	pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	pthread_cond_t never;
	pthread_condattr_t attr;
	struct timespec until;

	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&never, &attr);
	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += seconds;
	pthread_mutex_lock(&lock);
	while (pthread_cond_timedwait(&never, &lock, &until) != ETIMEDOUT)
		continue;
	pthread_mutex_unlock(&lock);
}

void feeder_run(void *ctx)
{
	struct feeder *f = ctx;
	struct turn *turns = arena_array(f->conf->arena, struct turn, f->n + 1);

	for (;;)
		pause_for(look(f, turns));
}

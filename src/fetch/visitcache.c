#include "fetch/visitcache.h"

#include "base/aging.h"

#include <errno.h>
#include <pthread.h>
#include <time.h>

struct entry {
	int64_t expires_ms;
	str visited; /* the message */
};

struct visitcache {
	struct arena *arena;
	pthread_mutex_t lock;
	pthread_cond_t left;		 /* somebody has come back */
	struct aging visits;		 /* of struct entry */
	str pending[VISITCACHE_PENDING]; /* keys of who is there; borrowed; p is NULL: free */
};

struct visitcache *visitcache_new(size_t max_bytes)
{
	struct arena *a = arena_new("visits", 1 << 20);
	struct visitcache *c = arena_make(a, struct visitcache);
	pthread_condattr_t attr;

	c->arena = a;
	pthread_mutex_init(&c->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&c->left, &attr);
	aging_open(&c->visits, "visits", max_bytes);
	return c;
}

struct visitcache *visitcache_free(struct visitcache *c)
{
	if (!c)
		return NULL;
	aging_close(&c->visits);
	pthread_cond_destroy(&c->left);
	pthread_mutex_destroy(&c->lock);
	arena_free(c->arena);
	return NULL;
}

/* HEAD and GET may find different things. */
static str key_of(struct arena *a, const struct visit_question *q)
{
	return arena_fmt(a, "%c%.*s", q->get ? 'G' : 'H', STR_ARG(q->url));
}

static void insert(struct visitcache *c, str key, int64_t expires_ms, str visited)
{
	struct arena *a = aging_room(&c->visits);
	struct entry *e = arena_make(a, struct entry);

	*e = (struct entry){ expires_ms, arena_str(a, visited) };
	aging_put(&c->visits, arena_str(a, key), e);
}

static bool find(struct visitcache *c, struct arena *a, str key, struct visit *ret)
{
	bool aged; /* a day is a day: what is asked again is visited again all the same */
	const struct entry *e = aging_find(&c->visits, key, &aged);
	struct msg m;

	return e && e->expires_ms > clock_now_ms() && msg_decode(arena_str(a, e->visited), a, &m) &&
	       visit_heard(&m, ret);
}

static str *pending(struct visitcache *c, str key)
{
	for (size_t i = 0; i < VISITCACHE_PENDING; i++) {
		if (c->pending[i].p && str_eq(c->pending[i], key))
			return &c->pending[i];
	}
	return NULL;
}

static bool reserve(struct visitcache *c, str key)
{
	for (size_t i = 0; i < VISITCACHE_PENDING; i++) {
		if (!c->pending[i].p) {
			c->pending[i] = key;
			return true;
		}
	}
	return false;
}

enum visitcache_found visitcache_take(struct visitcache *c, struct arena *a,
				      const struct visit_question *q, deadline d, struct visit *ret)
{
	struct timespec until = { .tv_sec = d / 1000, .tv_nsec = d % 1000 * 1000000 };
	enum visitcache_found found = VISITCACHE_BUSY;
	str key = key_of(a, q);
	int r = 0;

	pthread_mutex_lock(&c->lock);
	while (pending(c, key) && r != ETIMEDOUT)
		r = pthread_cond_timedwait(&c->left, &c->lock, &until);
	if (find(c, a, key, ret))
		found = VISITCACHE_HIT;
	else if (!pending(c, key) && reserve(c, key))
		found = VISITCACHE_MINE;
	pthread_mutex_unlock(&c->lock);
	return found;
}

void visitcache_put(struct visitcache *c, const struct visit_question *q, int64_t now_ms,
		    const struct visit *v)
{
	cleanup(arena_freep) struct arena *a = arena_new("visit", 1 << 20);
	struct strbuf b = strbuf_make(a, CHAN_MAX_BYTES);
	struct msg m = visit_tell(a, v);
	str key = key_of(a, q), *mine;
	int64_t keep = v->end == VISIT_UNANSWERED ? VISITCACHE_RETRY_MS : VISITCACHE_KEEP_MS;
	bool whole = msg_encode(&m, &b);

	pthread_mutex_lock(&c->lock);
	if (whole)
		insert(c, key, now_ms + keep, strbuf_str(&b));
	mine = pending(c, key);
	if (mine)
		*mine = STR_NULL;
	pthread_cond_broadcast(&c->left);
	pthread_mutex_unlock(&c->lock);
}

#include "relay/pool.h"

#include <errno.h>
#include <time.h>

static void init_cond(pthread_cond_t *cond)
{
	pthread_condattr_t attr;

	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(cond, &attr);
	pthread_condattr_destroy(&attr);
}

static struct timespec at_time(deadline d)
{
	return (struct timespec){ .tv_sec = d / 1000, .tv_nsec = d % 1000 * 1000000 };
}

void pool_init(struct pool *p)
{
	pthread_mutex_init(&p->lock, NULL);
	init_cond(&p->kept);
	init_cond(&p->left);
	list_init(&p->idle);
	list_init(&p->places);
	p->waiting = 0;
	p->reaper_rests = false;
}

static size_t count(const struct pool *p, str destination)
{
	size_t n = 0;

	list_each (&p->places, link)
		n += str_eq(list_entry(link, struct pool_place, link)->destination, destination);
	return n;
}

bool pool_enter(struct pool *p, struct pool_place *place, str destination, size_t max, deadline d)
{
	struct timespec until = at_time(d);
	bool in = true;

	*place = (struct pool_place){ .destination = destination };
	list_init(&place->link);
	pthread_mutex_lock(&p->lock);
	p->waiting++;
	while (in && count(p, destination) >= max)
		in = pthread_cond_timedwait(&p->left, &p->lock, &until) != ETIMEDOUT;
	p->waiting--;
	if (in)
		list_append(&p->places, &place->link);
	pthread_mutex_unlock(&p->lock);
	return in;
}

void pool_leave(struct pool *p, struct pool_place *place)
{
	pthread_mutex_lock(&p->lock);
	list_remove(&place->link);
	if (p->waiting)
		pthread_cond_broadcast(&p->left);
	pthread_mutex_unlock(&p->lock);
}

struct connection *pool_take(struct pool *p, const void *settings, str destination,
			     enum tls_wish wish)
{
	struct connection *found = NULL;

	pthread_mutex_lock(&p->lock);
	list_each (&p->idle, link) {
		struct connection *c = list_entry(link, struct connection, link);

		if (c->settings == settings && c->wish == wish &&
		    str_eq(c->destination, destination)) {
			list_remove(&c->link);
			found = c;
			break;
		}
	}
	pthread_mutex_unlock(&p->lock);
	return found;
}

static bool has_served(const struct connection *c, int64_t now)
{
	return c->client.sent >= POOL_MESSAGES || now - c->made_at >= POOL_AGE_MS ||
	       (c->client.mail_max && c->client.sent >= c->client.mail_max);
}

void pool_keep(struct pool *p, struct connection *c)
{
	int64_t now = clock_now_ms();

	if (has_served(c, now) || !stream_is_drained(&c->stream)) {
		dial_end(c, true);
		return;
	}
	c->idle_since = now;
	pthread_mutex_lock(&p->lock);
	/* In front: the ones at the end grow old and are ended when fewer are needed. */
	list_append(p->idle.next, &c->link);
	if (p->reaper_rests)
		pthread_cond_signal(&p->kept);
	pthread_mutex_unlock(&p->lock);
}

deadline pool_reap_due(struct pool *p, int64_t now_ms)
{
	deadline next = INT64_MAX;
	struct list due;

	list_init(&due);
	pthread_mutex_lock(&p->lock);
	list_each (&p->idle, link) {
		struct connection *c = list_entry(link, struct connection, link);

		if (c->idle_since + POOL_IDLE_MS <= now_ms) {
			list_remove(&c->link);
			list_append(&due, &c->link);
		} else if (c->idle_since + POOL_IDLE_MS < next) {
			next = c->idle_since + POOL_IDLE_MS;
		}
	}
	pthread_mutex_unlock(&p->lock);
	list_each (&due, link)
		dial_end(list_entry(link, struct connection, link), true);
	return next;
}

void pool_reap(void *pool)
{
	struct pool *p = pool;

	for (;;) {
		deadline next = pool_reap_due(p, clock_now_ms());
		struct timespec until = at_time(next);
		int r = 0;

		pthread_mutex_lock(&p->lock);
		p->reaper_rests = next == INT64_MAX && list_empty(&p->idle);
		if (p->reaper_rests)
			pthread_cond_wait(&p->kept, &p->lock);
		else if (next != INT64_MAX)
			while (r != ETIMEDOUT)
				r = pthread_cond_timedwait(&p->kept, &p->lock, &until);
		p->reaper_rests = false;
		pthread_mutex_unlock(&p->lock);
	}
}

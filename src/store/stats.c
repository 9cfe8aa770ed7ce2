#include "store/stats.h"

#include "base/map.h"

const int64_t stats_age_s[STATS_AGES - 1] = { 300, 3600, 4 * 3600, 24 * 3600 };

const char *stats_state_name(enum stats_state state)
{
	static const char *const names[STATS_STATES] = {
		[STATS_WAITING] = "waiting",
		[STATS_UNREACHABLE] = "unreachable",
		[STATS_DELIVERING] = "delivering",
		[STATS_HELD] = "held",
	};

	return names[state];
}

enum stats_state stats_state(const struct queue_message *m)
{
	bool unreachable = !list_empty(&m->parts);

	if (m->held)
		return STATS_HELD;
	list_each (&m->parts, link) {
		const struct queue_entry *e = list_entry(link, struct queue_entry, link);

		if (e->at == QUEUE_TAKEN)
			return STATS_DELIVERING;
		unreachable &= e->to->failures > 0;
	}
	return unreachable ? STATS_UNREACHABLE : STATS_WAITING;
}

static size_t age_class(int64_t age_s)
{
	size_t i = 0;

	while (i < STATS_AGES - 1 && age_s >= stats_age_s[i])
		i++;
	return i;
}

/* Walks the whole queue, a slice under one hold of the lock. */
static void walk(struct store *s, void (*on_one)(void *ctx, const struct queue_message *m),
		 void *ctx)
{
	struct queue_walker walker;
	struct queue_message *m;

	pthread_mutex_lock(&s->lock);
	queue_walk_begin(&s->queue, &walker);
	for (size_t i = 1; (m = queue_walk(&s->queue, &walker)); i++) {
		on_one(ctx, m);
		if (i % STATS_SLICE == 0) {
			pthread_mutex_unlock(&s->lock);
			pthread_mutex_lock(&s->lock);
		}
	}
	queue_walk_end(&walker);
	pthread_mutex_unlock(&s->lock);
}

struct counting {
	struct stats *stats;
	int64_t wall_s;
};

static void count(void *ctx, const struct queue_message *m)
{
	struct counting *c = ctx;
	int64_t at = m->queued_at / 1000;

	c->stats->messages[stats_state(m)][age_class(c->wall_s - at)]++;
	if (c->stats->oldest == 0 || at < c->stats->oldest)
		c->stats->oldest = at;
}

void stats_take(struct store *s, struct stats *ret)
{
	struct counting c = { ret, store_time().wall / 1000 };

	*ret = (struct stats){ 0 };
	walk(s, count, &c);
	pthread_mutex_lock(&s->lock);
	ret->results = s->results;
	ret->destinations = s->queue.n_destinations - s->queue.n_idle;
	ret->unreachable = s->queue.n_backoff;
	pthread_mutex_unlock(&s->lock);
}

/* --- by destination */

struct gathering {
	struct arena *a;
	struct map by_name; /* of struct stats_destination */
	struct queue_time t;
};

static struct stats_destination *entry_of(struct gathering *g, const struct queue_destination *d)
{
	struct stats_destination *one = map_get(&g->by_name, queue_name(d));

	if (one)
		return one;
	one = arena_make(g->a, struct stats_destination);
	one->name = arena_str(g->a, queue_name(d));
	one->reply = arena_str(g->a, queue_reply(d));
	one->limit = d->failures ? 1 : d->limit < d->cap ? d->limit : d->cap;
	one->failures = d->failures;
	if (d->failures)
		one->next_probe = (g->t.wall + d->probe_at - g->t.now) / 1000;
	(void)map_set(&g->by_name, one->name, one);
	return one;
}

static void gather(void *ctx, const struct queue_message *m)
{
	struct gathering *g = ctx;
	int64_t at = m->queued_at / 1000;

	list_each (&m->parts, link) {
		const struct queue_entry *e = list_entry(link, struct queue_entry, link);
		struct stats_destination *one = entry_of(g, e->to);

		one->parts++;
		one->delivering += e->at == QUEUE_TAKEN;
		one->held += e->at == QUEUE_HELD;
		if (one->oldest == 0 || at < one->oldest)
			one->oldest = at;
	}
}

int stats_destinations(struct store *s, struct arena *a,
		       int (*on_one)(void *ctx, const struct stats_destination *d), void *ctx)
{
	struct gathering g = { a, map_make(a), store_time() };
	const struct map_slot *slot;
	size_t at = 0;
	int r = 0;

	walk(s, gather, &g);
	while (r >= 0 && (slot = map_next(&g.by_name, &at)))
		r = on_one(ctx, slot->value);
	return r;
}

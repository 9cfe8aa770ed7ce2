#include "spool/groupsync.h"

#include "sys/metrics.h"

void groupsync_init(struct groupsync *g, int (*sync)(void *ctx), void *ctx)
{
	*g = (struct groupsync){ .sync = sync, .ctx = ctx };
	bug_if(pthread_mutex_init(&g->lock, NULL));
	bug_if(pthread_cond_init(&g->changed, NULL));
}

void groupsync_end(struct groupsync *g)
{
	pthread_cond_destroy(&g->changed);
	pthread_mutex_destroy(&g->lock);
}

uint64_t groupsync_ticket(struct groupsync *g)
{
	uint64_t ticket;

	pthread_mutex_lock(&g->lock);
	ticket = ++g->arrived;
	pthread_mutex_unlock(&g->lock);
	return ticket;
}

/* Called with the lock held by the one who leads; the lock is free while it syncs. */
static void lead(struct groupsync *g)
{
	uint64_t upto = g->arrived;
	int r;

	g->running = true;
	pthread_mutex_unlock(&g->lock);
	r = g->sync(g->ctx);
	pthread_mutex_lock(&g->lock);
	g->running = false;
	g->syncs++;
	metrics_observe(METRIC_store_commit_batch, upto - g->settled);
	g->settled = upto;
	if (r < 0) {
		/* A later sync that succeeds says nothing about what this one lost. */
		g->failed_to = upto;
		g->error = r;
	}
	pthread_cond_broadcast(&g->changed);
}

int groupsync_wait(struct groupsync *g, uint64_t ticket, struct why *why)
{
	int r;

	pthread_mutex_lock(&g->lock);
	while (g->settled < ticket) {
		if (g->running)
			pthread_cond_wait(&g->changed, &g->lock);
		else
			lead(g);
	}
	r = ticket <= g->failed_to && ticket ? g->error : 0;
	pthread_mutex_unlock(&g->lock);
	return r < 0 ? why_set(why, r, "spool: sync: %m") : 0;
}

int groupsync_all(struct groupsync *g, struct why *why)
{
	uint64_t ticket;

	pthread_mutex_lock(&g->lock);
	ticket = g->arrived == g->settled ? 0 : g->arrived;
	pthread_mutex_unlock(&g->lock);
	return groupsync_wait(g, ticket, why);
}

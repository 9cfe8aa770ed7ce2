#include "scan/gate.h"

#include <errno.h>
#include <time.h>

void gate_init(struct gate *g)
{
	pthread_condattr_t attr;

	g->inside = 0;
	pthread_mutex_init(&g->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&g->freed, &attr);
	pthread_condattr_destroy(&attr);
}

bool gate_enter(struct gate *g, uint32_t most, deadline d)
{
	struct timespec until = { .tv_sec = d / 1000, .tv_nsec = d % 1000 * 1000000 };
	bool in = true;

	pthread_mutex_lock(&g->lock);
	while (g->inside >= most && in)
		in = pthread_cond_timedwait(&g->freed, &g->lock, &until) != ETIMEDOUT ||
		     g->inside < most;
	if (in)
		g->inside++;
	pthread_mutex_unlock(&g->lock);
	return in;
}

void gate_leave(struct gate *g)
{
	pthread_mutex_lock(&g->lock);
	g->inside--;
	pthread_cond_signal(&g->freed);
	pthread_mutex_unlock(&g->lock);
}

#include "store/upkeep.h"

#include "base/clock.h"
#include "base/log.h"
#include "spool/compaction.h"

#include <time.h>

void upkeep_history(void *store)
{
	struct store *s = store;
	uint64_t dropped = 0;
	struct why why;
	int r;

	do {
		r = history_run(&s->history, &dropped, &why);
		if (dropped)
			log_event("history.dropped", F_INT("rows", dropped));
		if (r < 0)
			log_event("history.failed", F_C("why", why.text));
	} while (r != HISTORY_STOPPED);
}

void upkeep_expire(struct store *s, int64_t now)
{
	const struct store_settings *c = s->settings;
	struct why why;
	size_t held = 0;
	int rows = 0;

	if (s->quarantine.index &&
	    quarantine_expire(&s->quarantine, now - c->quarantine_keep_ms / 1000, UPKEEP_BATCH,
			      &held, &why) < 0)
		log_event("quarantine.failed", F_C("why", why.text));
	if (s->has_history && history_expire(&s->history, now - c->history_keep_ms / 1000,
					     UPKEEP_BATCH, &rows, &why) < 0)
		log_event("history.failed", F_C("why", why.text));
	if (held || rows)
		log_event("store.expired", F_INT("held", held), F_INT("rows", rows));
}

static void expire_now(struct store *s)
{
	upkeep_expire(s, clock_wall());
}

static void compact_spool(struct store *s)
{
	struct why why;

	if (compaction_run(&s->spool, &why) < 0)
		log_event("spool.upkeep_failed", F_C("why", why.text));
}

/* Does the work every pause_ms until the store stops. */
static void repeat(struct store *s, void (*work)(struct store *s), int64_t pause_ms)
{
	pthread_mutex_lock(&s->lock);
	while (!s->stopping) {
		deadline d = deadline_in(pause_ms);
		struct timespec until = { .tv_sec = d / 1000, .tv_nsec = d % 1000 * 1000000 };

		pthread_mutex_unlock(&s->lock);
		work(s);
		pthread_mutex_lock(&s->lock);
		while (!s->stopping && clock_left(d) > 0)
			(void)pthread_cond_timedwait(&s->upkeep, &s->lock, &until);
	}
	pthread_mutex_unlock(&s->lock);
}

void upkeep_expiry(void *store)
{
	repeat(store, expire_now, UPKEEP_MS);
}

void upkeep_spool(void *store)
{
	repeat(store, compact_spool, UPKEEP_SPOOL_MS);
}

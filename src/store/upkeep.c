#include "store/upkeep.h"

#include "base/clock.h"
#include "base/log.h"
#include "spool/compaction.h"
#include "store/keptdesk.h"
#include "store/reportdesk.h"
#include "store/stats.h"
#include "store/storereports.h"
#include "sys/metrics.h"

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
	if (s->has_reports_out &&
	    reportsout_expire(&s->reports_out, (now - c->history_keep_ms / 1000) / REPORTSOUT_DAY_S,
			      now / REPORTSOUT_DAY_S - REPORTSOUT_KEEP_DAYS, &why) < 0)
		log_event("report.not_counted", F_C("why", why.text));
	keptdesk_expire(s, now);
	if (held || rows)
		log_event("store.expired", F_INT("held", held), F_INT("rows", rows));
	storereports_expire(s, now);
}

static void expire_now(struct store *s)
{
	upkeep_expire(s, clock_wall());
}

/* Statistics may be some seconds old. */
static void write_counts(struct store *s)
{
	if (s->has_reports_out)
		reportdesk_write(s);
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

/* For whoever watches: the queue by state, by age, and its disk space. */
static void publish(struct store *s)
{
	struct stats now;

	stats_take(s, &now);
	for (int state = 0; state < STATS_STATES; state++) {
		size_t n = 0;

		for (int age = 0; age < STATS_AGES; age++)
			n += now.messages[state][age];
		metrics_set(METRIC_store_queue_waiting + state, (int64_t)n);
	}
	for (int age = 0; age < STATS_AGES; age++) {
		size_t n = 0;

		for (int state = 0; state < STATS_STATES; state++)
			n += now.messages[state][age];
		metrics_set(METRIC_store_queue_age_5m + age, (int64_t)n);
	}
	metrics_set(METRIC_store_spool_bytes, (int64_t)spool_bytes(&s->spool));
}

_Static_assert(METRIC_store_queue_held == METRIC_store_queue_waiting + STATS_HELD &&
		       METRIC_store_queue_age_older == METRIC_store_queue_age_5m + STATS_AGES - 1,
	       "LABELS_QUEUE and LABELS_AGE have the order of store/stats.h");

static void tend_spool(struct store *s)
{
	compact_spool(s);
	publish(s);
}

void upkeep_expiry(void *store)
{
	repeat(store, expire_now, UPKEEP_MS);
}

void upkeep_counts(void *store)
{
	repeat(store, write_counts, UPKEEP_COUNTS_MS);
}

void upkeep_kept(void *store)
{
	repeat(store, keptdesk_write, UPKEEP_KEPT_MS);
}

void upkeep_spool(void *store)
{
	repeat(store, tend_spool, UPKEEP_SPOOL_MS);
}

/* store/store.h - what poterne-store keeps: the spool with its schedule, the quarantine,
 * the records. The other files of this room work on it.
 *
 *   storecommit.h    takes messages over from poterne-scan
 *   delivery.h       hands them to poterne-relay
 *   storecommands.h  answers the command line
 *   upkeep.h         writes the history, lets old things expire
 *
 * Input    trusted configuration; the disk as an earlier run left it.
 * Memory   one for the process's life.
 * Limits   QUEUE_MAX messages in the queue.
 * Threads  lock guards queue, delivering and stopping; everything else locks for itself.
 * Errors   negative errno and why: the process cannot serve. Broken records are set aside
 *          and begun anew: mail goes on.
 */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include "conf/conf.h"
#include "quarantine/quarantine.h"
#include "records/history.h"
#include "spool/queue.h"
#include "spool/spool.h"
#include "sys/lanes.h"

/* One generation of the configuration; it is never freed, as threads may still use it. */
struct store_settings {
	struct queue_policy retry;
	int64_t quarantine_keep_ms, history_keep_ms;
};

struct store {
	const struct store_settings *_Atomic settings;
	struct lanes *relay;
	struct spool spool;
	struct quarantine quarantine;
	struct quarantineindex index;
	struct history history;
	bool has_history; /* false: it could not be opened, nothing is written */

	pthread_mutex_t lock;
	pthread_cond_t changed; /* something is due, or finished, or stopping is set */
	pthread_cond_t upkeep;	/* stopping is set */
	struct queue queue;
	unsigned delivering;
	bool stopping;
};

/* From the text of conf_text_encode; the arena is its own. */
int store_set_config(struct store *s, str text, const struct conf **ret, struct why *why) must_use;
/* Opens everything below dirfd (the working directory), recovers the spool into the
 * queue and makes quarantine and index agree. Logs what it found. */
int store_open(struct store *s, int dirfd, struct why *why) must_use;

/* Schedules a message that is in the spool. queued_at: milliseconds since 1970; pause: in
 * milliseconds from now. */
void store_enqueue(struct store *s, struct spool_id id, int64_t queued_at, uint32_t attempts,
		   int64_t pause);
/* Waiting or being delivered. */
bool store_is_queued(struct store *s, struct spool_id id);
/* Keeps a message in quarantine; class and reason are put in m. */
int store_hold(struct store *s, struct arena *a, struct spoolmeta m, const struct bodyparts *body,
	       str held_class, str reason, struct why *why) must_use;
/* Notes for the history, when there is one. */
void store_note(struct store *s, struct spool_id id, str state, str next_hop, str reply);

/* No new deliveries; waits until those under way have ended, at most grace_ms. */
void store_stop(struct store *s, int64_t grace_ms);

#endif

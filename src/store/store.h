/* store/store.h - what poterne-store keeps: the spool with its schedule, the quarantine,
 * the records. The other files of this room work on it.
 *
 *   storecommit.h    takes messages over from poterne-scan
 *   parts.h          recipients by destination
 *   delivery.h       hands them to poterne-relay
 *   report.h         tells their senders what became of them
 *   storecommands.h  answers the command line
 *   storereports.h   keeps what others report about our mail
 *   keptdesk.h       keeps what messages were judged by
 *   reportdesk.h     counts for the reports to other domains, and spools them
 *   upkeep.h         writes the history, lets old things expire
 *
 * Input    trusted configuration; the disk as an earlier run left it.
 * Memory   one for the process's life.
 * Limits   QUEUE_MAX messages in the queue.
 * Threads  lock guards queue, delivering, results and stopping; state_locks the sidecar of a
 *          message while it is read, changed and written; everything else locks for itself.
 * Errors   negative errno and why: the process cannot serve. Broken records are set aside
 *          and begun anew: mail goes on.
 */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include "conf/route.h"
#include "quarantine/quarantine.h"
#include "records/daybook.h"
#include "records/history.h"
#include "records/reportsin.h"
#include "records/reportsout.h"
#include "spool/queue.h"
#include "spool/spool.h"
#include "sys/lanes.h"

/* One generation of the configuration; it is never freed, as threads may still use it. */
struct store_settings {
	const struct conf *conf;
	struct queue_policy retry;
	struct route_table routes;
	bool one_destination; /* all mail goes to the same one */
	int64_t quarantine_keep_ms, history_keep_ms;
};

/* Parts of messages since the start. */
struct store_results {
	uint64_t delivered, deferred, failed, reports;
};

enum { STORE_STATE_LOCKS = 64 };

/* Files of lines for who collects them (store/exportdesk.h). */
struct exportdesk {
	pthread_mutex_t lock; /* one line at a time */
	int dir_fd;	      /* -1: it could not be opened */
};

struct store {
	const struct store_settings *_Atomic settings;
	struct lanes *relay, *keys, *memory;
	struct spool spool;
	struct quarantine quarantine;
	struct quarantineindex index;
	struct history history;
	bool has_history; /* false: it could not be opened, nothing is written */
	struct reportsin reports;
	bool has_reports; /* the same */
	struct reportsout reports_out;
	bool has_reports_out; /* likewise */
	struct exportdesk exports;
	struct daybook kept;  /* what messages were judged by, for poterne replay */
	bool has_kept;	      /* likewise */
	_Atomic bool kept_full; /* the disk: what is left of it is for mail */

	pthread_mutex_t lock;
	pthread_cond_t changed; /* something is due, or finished, or stopping is set */
	pthread_cond_t upkeep;	/* stopping is set */
	pthread_cond_t closed;	/* a person closed reports before their day was over */
	struct queue queue;
	struct store_results results;
	unsigned delivering;
	bool stopping;
	pthread_mutex_t state_locks[STORE_STATE_LOCKS]; /* by id; taken before lock */
};

/* From the text of conf_text_encode; the arena is its own. */
int store_set_config(struct store *s, str text, const struct conf **ret, struct why *why) must_use;
/* Opens everything below dirfd (the working directory), recovers the spool into the
 * queue and makes quarantine and index agree. Logs what it found. */
int store_open(struct store *s, int dirfd, struct why *why) must_use;

/* Schedules a message that is in the spool; nothing when it is scheduled already. */
void store_enqueue(struct store *s, const struct spoolmeta *m, const struct spool_state *state);
/* The same for one that was just put there. */
void store_enqueue_new(struct store *s, const struct spoolmeta *m);
struct queue_time store_time(void);
/* Around reading, changing and writing the state of a message, and around spool_done. */
void store_lock_state(struct store *s, struct spool_id id);
void store_unlock_state(struct store *s, struct spool_id id);
/* Waiting or being delivered. */
bool store_is_queued(struct store *s, struct spool_id id);
/* Keeps a message in quarantine; class and reason are put in m. */
int store_hold(struct store *s, struct arena *a, struct spoolmeta m, const struct bodyparts *body,
	       str held_class, str reason, struct why *why) must_use;
/* A row of the history for a message of our own making. */
void store_put_in_history(struct store *s, const struct spoolmeta *m);
/* Notes for the history, when there is one. */
void store_note(struct store *s, struct spool_id id, str state, str next_hop, str reply);

/* No new deliveries; waits until those under way have ended, at most grace_ms. */
void store_stop(struct store *s, int64_t grace_ms);

#endif

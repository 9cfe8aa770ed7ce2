/* relay/attempts.h - what is being delivered right now, and what was delivered while nobody
 * listened.
 *
 * poterne-store may die while we speak with the next hop, and its successor asks for the
 * same message at once. It then waits for the attempt under way and gets that one's
 * outcome: a second dialogue would be a second copy of the message.
 *
 * Input    ids and recipients of message deliver.
 * Memory   an arena for each attempt, which also holds its outcome.
 * Limits   ATTEMPTS_UNTOLD outcomes wait to be asked for; the oldest give way.
 * Threads  internally locked.
 * Errors   cannot fail.
 */
#ifndef RELAY_ATTEMPTS_H
#define RELAY_ATTEMPTS_H

#include "base/arena.h"
#include "base/clock.h"
#include "base/list.h"

#include <pthread.h>

enum { ATTEMPTS_UNTOLD = 1000 };

/* The fields of message delivered. */
struct attempts_outcome {
	uint64_t *outcome; /* a number for each recipient; NULL: it has not ended */
	str next_hop, reply, tls;
	str *tls_results; /* texts of relay/tlsnotes.h */
	size_t n_tls_results;
	bool unreachable, dsn;
};

struct attempts {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	struct list running; /* somebody's */
	struct list untold;  /* ended, but the store does not know; oldest first */
	size_t n_untold;
};

struct attempts_one {
	struct list link;
	struct arena *arena;
	str id;
	str *recipients; /* p is NULL: told, of one that waits to be asked for */
	size_t n;
	struct attempts_outcome end;
};

void attempts_init(struct attempts *s);
/* Waits, at most until d, while the same message is being delivered to one of these
 * recipients; to others it may go at the same moment. With an outcome: it was delivered
 * before, perhaps together with others; else the caller delivers it and notes what it came
 * to. */
struct attempts_one *attempts_begin(struct attempts *s, str id, const str *recipients, size_t n,
				    deadline d) must_use;
void attempts_note(struct attempts_one *one, const struct attempts_outcome *end);
/* Noted, and told to the store or not. The attempt is no longer the caller's. */
void attempts_end(struct attempts *s, struct attempts_one *one, bool told);

#endif

/* store/delivery.h - takes what is due from the queue and has poterne-relay deliver it.
 *
 * A message leaves the spool only when every recipient is settled: delivered, or kept in
 * quarantine as undeliverable, or its sender was told (report.h).
 *
 * Input    answers of poterne-relay: checked against the question.
 * Memory   an arena for each worker.
 * Limits   as many messages at a time as workers; DELIVERY_MS for one attempt.
 * Threads  delivery_work is one worker's life.
 * Errors   logged; the message stays in the spool and is tried again.
 */
#ifndef STORE_DELIVERY_H
#define STORE_DELIVERY_H

#include "store/store.h"

enum {
	/* Longer than RELAY_MS of relay/relay.h, after which the relay has given up: else a
	 * second attempt would begin while the first one still goes on. */
	DELIVERY_MS = 60 * 60 * 1000,
	DELIVERY_AGAIN_MS = 1000, /* after the relay died: not the next hop's fault */
	DELIVERY_DOUBLINGS = 10,  /* of that pause, when it dies again and again */
	DELIVERY_UNREADABLE_MS = 30000,
};

/* Until the store stops; ctx is a struct store. */
void delivery_work(void *store);
/* One message that is due now, if there is one. False: none. */
bool delivery_step(struct store *s, struct arena *a) must_use;

#endif

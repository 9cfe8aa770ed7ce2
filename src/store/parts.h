/* store/parts.h - the recipients of a message by destination: what the queue schedules as
 * one part.
 *
 * Input    trusted configuration; addresses that were parsed when they were accepted.
 * Memory   names live in the caller's arena.
 * Limits   SPOOLMETA_MAX_RECIPIENTS.
 * Threads  parts_add: the caller holds the lock of the store. The others are pure.
 * Errors   cannot fail.
 */
#ifndef STORE_PARTS_H
#define STORE_PARTS_H

#include "store/store.h"

/* The destination of each recipient, in the order of the envelope. */
str *parts_destinations(struct arena *a, const struct store_settings *c, const struct spoolmeta *m)
	must_use;
/* How many deliveries to the destination of that address may go on at the same moment. */
size_t parts_cap(const struct store_settings *c, str address);
/* Is there anything to be done for that recipient: delivering, telling or holding? */
bool parts_is_open(const struct spool_state *state, size_t i);
/* Gives a message in the queue a part for each destination of open recipients that has none
 * yet, and one that only has to leave the spool one without a name. c: the settings that the
 * destinations are from, which a reload may have replaced since. */
void parts_add(struct store *s, const struct store_settings *c, struct queue_message *in,
	       const struct spoolmeta *m, const struct spool_state *state, const str *destinations);

#endif

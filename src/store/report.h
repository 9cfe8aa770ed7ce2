/* store/report.h - tells the sender of a message what became of it: a delivery status
 * notification is made and put into the spool, with the null reverse-path.
 *
 * One is sent only where notifications may leave: in role out, or by dsn.via. A message from
 * the null reverse-path, which includes notifications, never brings one forth (RFC 5321 6.1).
 * Names and words of next hops of our own stay inside.
 *
 * Input    the envelope as it was accepted; replies of next hops.
 * Memory   in the caller's arena.
 * Limits   those of dsn/dsn.h.
 * Threads  any; the caller holds the state lock of the message (store_lock_state).
 * Errors   negative errno and why: no notification is in the spool.
 */
#ifndef STORE_REPORT_H
#define STORE_REPORT_H

#include "dsn/dsn.h"
#include "store/store.h"

/* May the sender of m be told anything at all? */
bool report_may_send(const struct store_settings *c, const struct spoolmeta *m);
/* Did he ask to be told that of recipient i, or leave it to us (RFC 3461 4.1)? */
bool report_is_wanted(const struct spoolmeta *m, size_t i, enum dsn_action action);

/* Tells of those recipients of m (indices in ascending order, at least one). expired (of each,
 * or NULL): given up for the age of the message. Sending the same once more is one notification as
 * long as the first one is in the spool. */
int report_send(struct store *s, struct arena *a, const struct spool_message *m,
		enum dsn_action action, const size_t *recipients, const bool *expired, size_t n,
		struct why *why) must_use;
/* Tells the sender of a message that it is late, once. */
void report_delay(struct store *s, struct arena *a, struct spool_id id);

#endif

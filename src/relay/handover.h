/* relay/handover.h - the direct hand-over: a message from poterne-scan is delivered before
 * anybody has kept it, while its sender waits for the answer to the final dot.
 *
 * When it takes longer than scan has patience for, scan stops listening and has the message
 * spooled; the store's question for the same id then finds this attempt (attempts.h), so the
 * message is not sent twice.
 *
 * Input    message handover of poterne-scan: sealed memory, cuts checked, addresses parsed again.
 * Memory   the lane's arena; the message is put together there.
 * Limits   HANDOVER_MAX_BYTES, and HANDOVER_ALL_BYTES for all under way, HANDOVER_EACH_BYTES more
 *          for each: next hops that hang hold their messages here long after scan has left.
 *          Above that it is not tried.
 * Threads  any number of lanes.
 * Errors   no outcome in the answer: not tried, or not the same way for all recipients.
 */
#ifndef RELAY_HANDOVER_H
#define RELAY_HANDOVER_H

#include "relay/relay.h"

enum {
	HANDOVER_MAX_BYTES = 32 << 20,
	HANDOVER_ALL_BYTES = 512 << 20,
	HANDOVER_EACH_BYTES = 512 << 10, /* thread, connection, envelope */
};

/* For lanes_serve; ctx is a struct relay. */
int handover_answer(void *ctx, struct chan *c, struct msg *m, struct arena *a);

#endif

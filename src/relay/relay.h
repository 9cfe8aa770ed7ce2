/* relay/relay.h - one attempt to deliver a message to its recipients, each where the routes
 * send its domain: to mail servers or into the local Maildir.
 *
 * Nothing is bounced here: what cannot be delivered is told to the asker, who decides.
 *
 * Input    message deliver from the store; addresses and parameters are parsed again, and
 *          the destination is found again from each recipient.
 * Memory   settings live as long as the process; an attempt uses its asker's arena.
 * Limits   RELAY_MS; those of nexthop.h.
 * Threads  any number of lanes; relay_set swaps the settings under them.
 * Errors   every recipient gets an outcome; only a lane that breaks is closed.
 */
#ifndef RELAY_RELAY_H
#define RELAY_RELAY_H

#include "conf/route.h"
#include "mail/address.h"
#include "relay/attempts.h"
#include "relay/nexthop.h"
#include "sys/chan.h"

/* Of one attempt, however many transactions: DELIVERY_MS of store/delivery.h is longer, so
 * the store still waits for what we found out. */
enum { RELAY_MS = 50 * 60 * 1000 };

struct relay_settings {
	struct route_table routes;
	int maildir_fd;
	struct nexthop_settings nexthop;
};

struct relay {
	const struct relay_settings *_Atomic settings;
	struct nexthop nexthop;
	struct attempts attempts;
	_Atomic uint64_t handed_bytes; /* of direct hand-overs under way */
};

void relay_init(struct relay *r, const struct relay_settings *s);
/* The new settings hold for attempts that begin from now on; the old ones must stay. */
void relay_set(struct relay *r, const struct relay_settings *s);
/* Delivers body (p == NULL: it could not be read) to all recipients, whatever their
 * destinations, or waits for the attempt for the same message and recipients that is under
 * way and has its outcome. To be ended with attempts_end. */
struct attempts_one *relay_attempt(struct relay *r, struct arena *a, const struct msg_deliver *m,
				   str body) must_use;
/* The store's lanes, for lanes_serve; ctx is a struct relay. */
int relay_answer(void *ctx, struct chan *c, struct msg *m, struct arena *a);

#endif

/* relay/relay.h - one attempt to hand a spooled message over, to the next hop or into the
 * local Maildir: the answer to message deliver.
 *
 * Nothing leaves for the Internet: there is one next hop, and it is configured. Nothing is
 * bounced: what cannot be delivered is told to the store, which keeps it.
 *
 * Input    message deliver from the store; addresses are parsed again before use.
 * Memory   settings live as long as the process; an attempt uses the lane's arena.
 * Limits   SMTPCLIENT_RECIPIENTS a transaction, more are several transactions; RELAY_MS.
 * Threads  any number of lanes; relay_set swaps the settings under them.
 * Errors   every recipient gets an outcome; only a lane that breaks is closed.
 */
#ifndef RELAY_RELAY_H
#define RELAY_RELAY_H

#include "mail/address.h"
#include "relay/attempts.h"
#include "relay/nexthop.h"
#include "sys/chan.h"

/* Of one attempt, however many transactions: DELIVERY_MS of store/delivery.h is longer, so
 * the store still waits for what we found out. */
enum { RELAY_MS = 50 * 60 * 1000 };

struct relay_settings {
	bool maildir; /* else by nexthop */
	int maildir_fd;
	str domain; /* of <postmaster> without one */
	struct nexthop_settings nexthop;
};

struct relay {
	const struct relay_settings *_Atomic settings;
	struct nexthop nexthop;
	struct attempts attempts;
};

void relay_init(struct relay *r, const struct relay_settings *s);
/* The new settings hold for attempts that begin from now on; the old ones must stay. */
void relay_set(struct relay *r, const struct relay_settings *s);
/* Delivers body (p == NULL: it could not be read), or waits for the attempt for the same
 * message that is under way and has its outcome. To be ended with attempts_end. */
struct attempts_one *relay_attempt(struct relay *r, struct arena *a, const struct msg_deliver *m,
				   str body) must_use;
/* The store's lanes, for lanes_serve; ctx is a struct relay. */
int relay_answer(void *ctx, struct chan *c, struct msg *m, struct arena *a);

#endif

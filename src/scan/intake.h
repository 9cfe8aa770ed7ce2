/* scan/intake.h - a message from the edge: judged, then settled (settle.h), then answered.
 *
 * 250 is said only when the next hop has taken the message or the store has it durably. Whatever
 * goes wrong on our side is 451: the sender keeps the message and tries again.
 *
 * Input    submit of the edge, weaker than us: the memfd must be sealed, its size is
 *          checked, the envelope is bounded by the channel.
 * Threads  intake_answer from one thread per lane; the policy is swapped under a lock.
 * Errors   none to the caller: every outcome is a reply.
 */
#ifndef SCAN_INTAKE_H
#define SCAN_INTAKE_H

#include "keys/signer.h"
#include "scan/conduct.h"
#include "sys/lanes.h"

struct intake;

/* store, relay, fetch: lanes to these processes. The policy is swallowed. */
struct intake *intake_new(struct conductor conductor, struct lanes *store, struct lanes *relay,
			  struct lanes *fetch, struct signer signer, struct conduct_policy *policy)
	must_use;
/* New messages are judged by it from now on; those under way keep theirs. */
void intake_set_policy(struct intake *in, struct conduct_policy *policy);
/* A lanes_answer_fn; ctx is the struct intake. */
int intake_answer(void *ctx, struct chan *c, struct msg *m, struct arena *a);

#endif

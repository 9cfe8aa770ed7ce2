/* sys/chan.h - one end of a conversation between two of our processes.
 *
 * SOCK_SEQPACKET: one packet is one message of messages.def with its descriptors.
 *
 * Input    hostile when the peer is weaker: every message is checked against the table
 *          (allowed from this peer, every field bounded, nothing left over).
 * Memory   a chan owns its socket and its buffers. What is received is in the caller's
 *          arena, so it outlives the chan.
 *          Received descriptors belong to struct msg until taken: msg_close ends the rest.
 * Limits   CHAN_MAX_BYTES a message, CHAN_MAX_FDS descriptors.
 * Threads  one at a time per chan.
 * Errors   -EPROTO for what the table does not allow; -EPIPE when the peer is gone;
 *          -ETIMEDOUT; other negative errno of the socket.
 */
#ifndef SYS_CHAN_H
#define SYS_CHAN_H

#include "base/clock.h"
#include "base/why.h"
#include "sys/msg.h"

struct chan;

/* Swallows fd (a SOCK_SEQPACKET socket). */
struct chan *chan_new(int fd, enum process me, enum process peer) must_use;
struct chan *chan_free(struct chan *c);
int chan_fd(const struct chan *c);
/* Both ends of a new pair of connected sockets. */
int chan_pair(int ret_fds[2], struct why *why) must_use;

/* Sends m with m->fds[0..n_fds), which stay the caller's. Waits while the peer is slow. */
int chan_send(struct chan *c, const struct msg *m, struct why *why) must_use;
/* Waits for one message until the deadline (CHAN_FOREVER: for good). */
#define CHAN_FOREVER INT64_MAX
int chan_receive(struct chan *c, struct arena *a, deadline d, struct msg *ret, struct why *why)
	must_use;
/* After -ETIMEDOUT: nothing more can come from the peer, and its attempts to send fail; what
 * had come by then is received. The chan can only be freed after this. */
int chan_receive_last(struct chan *c, struct arena *a, struct msg *ret, struct why *why) must_use;
/* Sends, then waits for the answer, which must be of type want. */
int chan_ask(struct chan *c, const struct msg *question, enum msg_type want, struct arena *a,
	     deadline d, struct msg *ret, struct why *why) must_use;

#endif

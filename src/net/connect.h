/* net/connect.h - connections to servers, under a deadline.
 *
 * Addresses only: names are resolved by the dns room.
 *
 * Input    trusted: our configuration, or an address the resolver gave.
 * Memory   the descriptor is the caller's, non-blocking and close-on-exec: give it to
 *          stream_init.
 * Limits   the deadline.
 * Threads  pure apart from the descriptor.
 * Errors   negative errno and a why; -ETIMEDOUT when the deadline passed.
 */
#ifndef NET_CONNECT_H
#define NET_CONNECT_H

#include "base/clock.h"
#include "base/ip.h"
#include "base/why.h"

/* from is the local address to use; from.n == 0: the kernel's choice. */
int connect_tcp(struct ip to, uint16_t port, struct ip from, deadline d, struct why *why) must_use;
int connect_unix(str path, deadline d, struct why *why) must_use;

#endif

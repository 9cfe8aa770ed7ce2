/* super/activation.h - listening sockets that the service manager opened for us
 * (sd_listen_fds(3)): LISTEN_FDS descriptors from number 3 on, when LISTEN_PID is us. The
 * port then stays open while the gateway is stopped or upgraded.
 *
 * Input    trusted: the environment of whoever starts us. LISTEN_FDNAMES is not needed: a
 *          socket is known by its address.
 * Memory   descriptors belong to the struct until taken.
 * Limits   ACTIVATION_MAX sockets.   Errors  cannot fail.
 */
#ifndef SUPER_ACTIVATION_H
#define SUPER_ACTIVATION_H

#include "base/ip.h"

enum { ACTIVATION_MAX = 32 };

struct activation {
	int fds[ACTIVATION_MAX];
	size_t n;
};

/* Before the first process is started: none of them is inherited any further. */
void activation_begin(struct activation *a);
/* The TCP socket that listens there, non-blocking, now the caller's; -1 when there is none. */
int activation_take(struct activation *a, str host, uint16_t port) must_use;
/* Closes the others; returns how many. */
size_t activation_end(struct activation *a);

#endif

/* super/prepare.h - what must exist before the processes start: directories with their
 * owners, listening sockets.
 *
 * Input    trusted: the configuration.
 * Memory   descriptors belong to the struct prepared, for the supervisor's life.
 * Errors   negative errno and why: the gateway does not start half-ready.
 */
#ifndef SUPER_PREPARE_H
#define SUPER_PREPARE_H

#include "conf/conf.h"
#include "super/activation.h"

enum { PREPARE_MAX_LISTENERS = 16 };

struct prepared {
	int lock; /* the lock file: one gateway per state directory */
	int listeners[PREPARE_MAX_LISTENERS];
	str addresses[PREPARE_MAX_LISTENERS];
	size_t n_listeners;
	int web[PREPARE_MAX_LISTENERS + 1]; /* of HTTP; the first one is the UNIX socket */
	size_t n_web;
	int control; /* the command line's socket */
};

int prepare_directories(const struct conf *conf, struct prepared *ret, struct why *why) must_use;
/* Takes sockets that are open already where their address is asked for. */
int prepare_listeners(const struct conf *conf, struct activation *open, struct arena *a,
		      struct prepared *ret, struct why *why) must_use;

#endif

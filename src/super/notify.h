/* super/notify.h - tells the service manager how we are (sd_notify(3)): one datagram of
 * NAME=VALUE lines to the socket that NOTIFY_SOCKET names. Without it nothing is sent.
 *
 * Input    trusted: the environment of whoever starts us.
 * Memory   the descriptor belongs to the struct, for the supervisor's life.
 * Errors   cannot fail: a manager that does not hear restarts us, by its own watchdog.
 */
#ifndef SUPER_NOTIFY_H
#define SUPER_NOTIFY_H

#include "base/clock.h"

#include <sys/socket.h>
#include <sys/un.h>

struct notify {
	int fd; /* -1: nobody asked */
	struct sockaddr_un to;
	socklen_t length;
	int64_t alive_ms;  /* how often NOTIFY_ALIVE is due; 0: never */
	deadline alive_at; /* the next time */
};

#define NOTIFY_ALIVE "WATCHDOG=1"

/* Reads NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID. */
void notify_begin(struct notify *n);
/* Never waits. */
void notify_say(const struct notify *n, const char *fmt, ...) printf_like(2, 3);

#endif

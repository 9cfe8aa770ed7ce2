/* sys/listen.h - sockets that wait for connections. Only the supervisor opens them; the
 * others are handed the descriptor.
 *
 * Input    trusted: our configuration.
 * Memory   the descriptor is the caller's, close-on-exec; TCP ones do not block.
 * Limits   LISTEN_BACKLOG connections wait in the kernel, which cuts it to somaxconn.
 * Threads  pure apart from the descriptor.
 * Errors   negative errno and a why.
 */
#ifndef SYS_LISTEN_H
#define SYS_LISTEN_H

#include "base/ip.h"
#include "base/why.h"

enum { LISTEN_BACKLOG = 1024 };

/* host is the text of an IPv4 or IPv6 address; "::" does not take IPv4 along. */
int listen_tcp(str host, uint16_t port, struct why *why) must_use;
/* SOCK_SEQPACKET and blocking, for the messages of sys/msg.h. Replaces what stands at path
 * when it is a socket; mode is its permission bits. */
int listen_unix(const char *path, unsigned mode, struct why *why) must_use;
/* The same for a stream of bytes, not blocking: for HTTP. */
int listen_unix_stream(const char *path, unsigned mode, struct why *why) must_use;

#endif

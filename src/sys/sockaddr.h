/* sys/sockaddr.h - struct ip and port to and from the kernel's form.
 *
 * Input    trusted: our own values and the kernel's.   Memory  by value.   Limits  none.
 * Threads  pure.   Errors  cannot fail.
 */
#ifndef SYS_SOCKADDR_H
#define SYS_SOCKADDR_H

#include "base/ip.h"

#include <sys/socket.h>

/* Returns the length for bind and connect; ip must be known. */
socklen_t sockaddr_fill(struct sockaddr_storage *at, struct ip ip, uint16_t port);
/* Neither IPv4 nor IPv6 (a UNIX socket): ip.n is 0, port 0. */
struct ip sockaddr_ip(const struct sockaddr_storage *at, uint16_t *ret_port);

#endif

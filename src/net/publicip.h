/* net/publicip.h - addresses that a stranger's DNS may have us connect to.
 *
 * Not: this machine, private networks, links, documentation, multicast and what else the
 * registries of special addresses (RFC 6890) keep from the Internet; nor IPv6 forms that
 * carry an IPv4 address which would not be public itself.
 *
 * Input    hostile.   Memory  by value.   Limits  none.
 * Threads  pure.      Errors  cannot fail.
 */
#ifndef NET_PUBLICIP_H
#define NET_PUBLICIP_H

#include "base/ip.h"

bool publicip_is(struct ip ip) must_use;

#endif

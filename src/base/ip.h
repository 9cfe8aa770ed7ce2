/* base/ip.h - one IP address, and networks of them.
 *
 * An IPv4-mapped IPv6 address (RFC 4291 2.5.5.2) is the IPv4 address it stands for, so
 * each address has one form.
 *
 * Input    hostile.   Memory  by value.   Limits  none.
 * Threads  pure.      Errors  false, and the output untouched.
 */
#ifndef BASE_IP_H
#define BASE_IP_H

#include "base/strbuf.h"

enum { IP_V4 = 4, IP_V6 = 16, IP_TEXT_MAX = 46 };

struct ip {
	uint8_t n; /* IP_V4, IP_V6, or 0: unknown */
	uint8_t bytes[16];
};

/* "192.0.2.1" or "2001:db8::1"; no brackets, no zone, no prefix length. */
bool ip_parse(str s, struct ip *ret) must_use;
/* From 4 or 16 bytes of the wire. */
struct ip ip_of(const void *bytes, size_t n);
/* Canonical text (RFC 5952); "unknown" when there is none. */
void ip_put(struct strbuf *b, struct ip ip);
bool ip_eq(struct ip a, struct ip b);
/* The address with all bits behind the first prefix ones zero. */
struct ip ip_network(struct ip ip, unsigned prefix);
/* True when the first prefix bits are the same, and the family. */
bool ip_in(struct ip ip, struct ip net, unsigned prefix);

#endif

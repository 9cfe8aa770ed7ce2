/* dns/dnsname.h - domain names as the DNS sees them (RFC 1035 2.3.4, 3.1), and the
 * names under which addresses are looked up backwards.
 *
 * Names are written with dots and without escapes: a label holds any byte but the dot
 * and ASCII control characters, so text from outside can never leave its label.
 *
 * Input    hostile.   Memory  the caller's arena.   Limits  DNS_MAX_NAME; linear.
 * Threads  pure.      Errors  false, and the output untouched.
 */
#ifndef DNS_DNSNAME_H
#define DNS_DNSNAME_H

#include "base/ip.h"
#include "dns/dns.h"

enum { DNSNAME_MAX_LABEL = 63 };

/* Lower case, without the trailing dot. The root ("." or "") becomes "". */
bool dnsname_normalise(struct arena *a, str name, str *ret) must_use;
/* What dnsname_normalise would accept. */
bool dnsname_valid(str name) must_use;
/* name is parent itself or below it; any case, no trailing dots. */
bool dnsname_within(str name, str parent) must_use;

/* "10.2.0.192.in-addr.arpa" (RFC 1035 3.5), "1.0...ip6.arpa" (RFC 3596 2.5). */
str dnsname_reverse(struct arena *a, struct ip ip) must_use;
/* The same labels before another parent, as DNS lists use them (RFC 5782 2.1). */
str dnsname_reverse_under(struct arena *a, struct ip ip, str parent) must_use;

/* The dotted form of an uncompressed name of the wire, normalised. False when it is
 * malformed, or a label holds a byte that a dotted name cannot. */
bool dnsname_from_wire(struct arena *a, str wire, str *ret) must_use;
/* A normalised name in master-file form (RFC 1035 5.1), as libunbound reads it: bytes
 * that are not letters, digits, "-" or "_" are escaped; trailing dot; NUL-terminated. */
char *dnsname_escaped(struct arena *a, str name) must_use;

#endif

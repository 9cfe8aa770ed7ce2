/* url/urlip.h - IP addresses as browsers read them in URLs (https://url.spec.whatwg.org,
 * 3.5): IPv4 with octal, hexadecimal and missing parts, IPv6 without a zone.
 *
 * Input    hostile.   Memory  text in the caller's arena.   Limits  linear.
 * Threads  pure.   Errors  false: no address.
 */
#ifndef URL_URLIP_H
#define URL_URLIP_H

#include "base/ip.h"

/* The last label is a number: the whole is an IPv4 address or nothing. */
bool urlip_ends_in_number(str s);
bool urlip_v4_parse(str s, uint32_t *ret) must_use;
/* Without brackets. */
bool urlip_v6_parse(str s, uint8_t ret[IP_V6]) must_use;
/* With brackets, the longest run of zeros compressed, never with a dotted end. */
str urlip_v6_text(struct arena *a, const uint8_t bytes[IP_V6]) must_use;

#endif

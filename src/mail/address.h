/* mail/address.h - one mail address, strictly, as SMTP commands carry it.
 *
 * A struct address exists only by a successful parse: the local part has lost its
 * quoting, neither part holds a control byte; address_put quotes again where needed.
 *
 * Input    hostile: SMTP command arguments, any bytes.
 * Memory   parts point into the input, or into the arena where quoting was removed.
 * Limits   ADDRESS_*_MAX. Linear time, no recursion.
 * Threads  pure.
 * Errors   ADDRESS_E_*; *ret untouched.
 */
#ifndef MAIL_ADDRESS_H
#define MAIL_ADDRESS_H

#include "base/strbuf.h"

enum { ADDRESS_OK, ADDRESS_E_SYNTAX, ADDRESS_E_LENGTH, ADDRESS_E_UTF8 };
enum {
	/* RFC 5321 4.5.3.1.1 asks for 64; bounce addresses of mailing lists are longer. */
	ADDRESS_LOCAL_MAX = 256,
	ADDRESS_DOMAIN_MAX = 255,
	ADDRESS_LABEL_MAX = 63
};

struct address {
	str local;  /* without quoting; may be empty only in the null reverse-path */
	str domain; /* as written: "example.org", "[192.0.2.1]"; empty for <> and <postmaster> */
};

/* The Path at the start of in (RFC 5321 4.1.2): "<a@b>", "<@relay:a@b>" (the route is
 * dropped, RFC 5321 F.2), "<>", "<postmaster>" in any case. utf8: SMTPUTF8 was asked for
 * (RFC 6531 3.3). *ret_rest (may be NULL) is what stands behind ">"; with NULL nothing may.
 * ADDRESS_E_UTF8: only SMTPUTF8 would have made this an address. */
int address_parse_path(struct arena *a, str in, bool utf8, struct address *ret, str *ret_rest)
	must_use;
/* A bare "a@b", the whole slice, by the same strict rules. */
int address_parse_mailbox(struct arena *a, str in, bool utf8, struct address *ret) must_use;
/* The null reverse-path "<>". */
bool address_is_null(struct address a);
/* Same domain (any case) and same local part (exact case, RFC 5321 2.4). */
bool address_eq(struct address a, struct address b);
/* "a@b", "\"a b\"@c", "postmaster", nothing for the null path; no angle brackets. */
void address_put(struct strbuf *out, struct address a);

/* The same domain, one below the other, or both below one that somebody can own: without a list
 * of public suffixes two labels, three where the second is as short as in "co.uk". Lenient, so
 * good for telling strangers only. */
bool address_domains_related(str a, str b);
/* LDH labels (RFC 5321 4.1.2, RFC 1035 2.3.4); U-labels too with utf8. No final dot. */
bool address_domain_valid(str domain, bool utf8);
/* "[192.0.2.1]" or "[IPv6:2001:db8::1]" (RFC 5321 4.1.3). */
bool address_literal_valid(str domain);

#endif

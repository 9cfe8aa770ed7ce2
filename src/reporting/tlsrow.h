/* reporting/tlsrow.h - one TLS session with a mail server of a domain, or one that did not come
 * about, as a TLS report counts it (RFC 8460 4.3, 4.4), and the same as text.
 *
 * Input    tlsrow_put: hostile names; tlsrow_parse: text of another process.
 * Memory   slices point into the text.
 * Limits   TLSROW_STRINGS lines of a policy; ROWTEXT_MAX.
 * Threads  pure.
 * Errors   false: it is no row.
 */
#ifndef REPORTING_TLSROW_H
#define REPORTING_TLSROW_H

#include "reporting/rowtext.h"

enum { TLSROW_STRINGS = 10 };

struct tlsrow {
	str policy;		     /* "tlsa", "sts", "no-policy-found" */
	str strings[TLSROW_STRINGS]; /* the policy as published, line by line */
	size_t n_strings;
	str mx_patterns[TLSROW_STRINGS]; /* with "sts": the hosts it names */
	size_t n_mx_patterns;
	str result;		   /* "success", or a result type of 4.3 */
	str mx, mx_ip, sending_ip; /* may be empty; with "success" they are */
	str information;	   /* what was found, in words */
};

void tlsrow_put(struct strbuf *b, const struct tlsrow *row);
bool tlsrow_parse(str text, struct tlsrow *ret) must_use;

#endif

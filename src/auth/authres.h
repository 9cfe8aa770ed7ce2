/* auth/authres.h - the value of an Authentication-Results field (RFC 8601), for us to add.
 *
 * Input    results of ours that quote hostile envelopes.
 * Memory   into the caller's strbuf.
 * Limits   the strbuf's maximum; AUTHRES_MAX_VALUE bytes of each quoted value are shown.
 * Threads  pure.
 * Errors   cannot fail but for the strbuf's overflow. What is written is printable ASCII
 *          in one line, whatever the input.
 */
#ifndef AUTH_AUTHRES_H
#define AUTH_AUTHRES_H

#include "auth/spfcheck.h"

enum { AUTHRES_MAX_VALUE = 256 };

/* One method's result; empty members are left out. */
struct authres_entry {
	str method;   /* "spf" */
	str result;   /* "pass" */
	str reason;   /* free text */
	str property; /* "smtp.mailfrom" */
	str value;
};

struct authres_entry authres_of_spf(const struct spf_result *spf);
/* "mx.example.org; spf=pass smtp.mailfrom=example.net"; without entries "; none". */
void authres_put(struct strbuf *b, str authserv_id, const struct authres_entry *entries, size_t n);

#endif

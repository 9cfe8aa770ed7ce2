/* auth/authres.h - Authentication-Results fields (RFC 8601): what others wrote, read; what we
 * found, written. ARC-Authentication-Results holds the same behind its instance (RFC 8617 4.1.1).
 *
 * Input    a field's value, hostile, folding kept or removed; results of ours that quote
 *          hostile envelopes and headers.
 * Memory   in the caller's arena; strings may point into the value.
 * Limits   AUTHRES_MAX_RESULTS results of AUTHRES_MAX_PROPERTIES properties are read, the rest
 *          is left out; AUTHRES_MAX_VALUE bytes of each value are written. Linear.
 * Threads  pure.
 * Errors   reading is lenient: what breaks the grammar is skipped up to the next ";". False
 *          only without an authserv-id. What is written is printable ASCII, whatever the input,
 *          and reads back as the same (fuzzed).
 */
#ifndef AUTH_AUTHRES_H
#define AUTH_AUTHRES_H

#include "auth/results.h"

enum { AUTHRES_MAX_RESULTS = 100, AUTHRES_MAX_PROPERTIES = 30, AUTHRES_MAX_VALUE = 256 };

/* propspec: "smtp" "." "mailfrom" "=" value; type is empty when there is no dot. */
struct authres_property {
	str type, name, value;
};

/* resinfo */
struct authres_result {
	str method; /* "spf" */
	str result; /* "pass" */
	str reason;
	struct authres_property *properties;
	size_t n;
};

struct authres {
	str authserv_id;
	str version; /* empty when it is not there: 1 */
	struct authres_result *results;
	size_t n;
};

bool authres_parse(struct arena *a, str value, struct authres *ret) must_use;
/* All that we found, in our name. */
struct authres authres_of(struct arena *a, str authserv_id, const struct auth_results *found)
	must_use;
/* "mx.example.org; spf=pass smtp.mailfrom=example.net"; without results "; none". folded: each
 * result on lines of its own, as a field of a message wants it. */
void authres_put(struct strbuf *b, const struct authres *r, bool folded);

#endif

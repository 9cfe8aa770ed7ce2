/* url/urlcode.h - percent-encoding and -decoding (https://url.spec.whatwg.org, 1.3).
 *
 * Input    hostile bytes.   Memory  what comes out goes into the caller's strbuf.
 * Limits   linear; the output is at most three times the input.
 * Threads  pure.   Errors  none: a malformed escape stays as it stands.
 */
#ifndef URL_URLCODE_H
#define URL_URLCODE_H

#include "base/strbuf.h"

/* The percent-encode sets of the standard, each the superset of an earlier one. */
enum urlcode_set {
	URLCODE_C0,
	URLCODE_FRAGMENT,
	URLCODE_QUERY,
	URLCODE_SPECIAL_QUERY,
	URLCODE_PATH,
	URLCODE_USERINFO,
};

/* Nothing of it would be encoded. */
bool urlcode_is_clean(enum urlcode_set set, str in);
void urlcode_encode(struct strbuf *out, enum urlcode_set set, str in);
void urlcode_decode(struct strbuf *out, str in);
/* "%XX" with two hexadecimal digits stands at i. */
bool urlcode_escape_at(str s, size_t i);

#endif

/* auth/authjson.h - what sender authentication found, as the members of a JSON object:
 * "spf": {..}, "dkim": [..], "dmarc": {..}, "arc": {..}.
 *
 * Memory   into the caller's strbuf.   Threads  pure.
 * Limits   AUTHJSON_MAX_TEXT bytes of each text; brief leaves out what a history need not keep:
 *          the sets of a chain, records, signatures after AUTHJSON_BRIEF_DKIM.
 * Errors   cannot fail but for the strbuf's overflow.
 */
#ifndef AUTH_AUTHJSON_H
#define AUTH_AUTHJSON_H

#include "auth/results.h"
#include "base/strbuf.h"

enum { AUTHJSON_MAX_TEXT = 1024, AUTHJSON_BRIEF_DKIM = 4 };

void authjson_put(struct strbuf *out, const struct auth_results *r, bool brief);

#endif

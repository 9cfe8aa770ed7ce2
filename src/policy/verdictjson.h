/* policy/verdictjson.h - a verdict as the JSON fields that scripts read.
 *
 * Input    a verdict; hostile evidence is escaped here.
 * Memory   writes to the caller's strbuf.   Limits  that of the strbuf.
 * Threads  pure.   Errors  cannot fail.
 */
#ifndef POLICY_VERDICTJSON_H
#define POLICY_VERDICTJSON_H

#include "policy/verdict.h"

/* "action":..,"intended":..,"score":..,"decision":..,"symbols":[{"name","score","evidence"}],
 * "reasons":[..] without the braces, so that a caller adds its own fields. */
void verdictjson_fields(struct strbuf *out, const struct verdict *v, enum conf_lang lang);

#endif

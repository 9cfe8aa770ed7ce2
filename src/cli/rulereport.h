/* cli/rulereport.h - the record about a wrong verdict, for whoever maintains the rule.
 *
 * Input    a loaded rule; a kept message, hostile.
 * Memory   in the caller's strbuf.
 * Limits   the strbuf's maximum.   Threads  pure.   Errors  cannot fail.
 */
#ifndef CLI_RULEREPORT_H
#define CLI_RULEREPORT_H

#include "base/strbuf.h"
#include "replay/kept.h"

/* One JSON object: the rule, and the structure of the message without anything that its people
 * wrote or that tells who they are. */
void rulereport_put(struct strbuf *out, const struct rules_symbol *s, const struct kept *k);

#endif

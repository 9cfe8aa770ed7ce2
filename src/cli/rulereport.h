/* cli/rulereport.h - the record about a wrong verdict, for whoever maintains the rule.
 *
 * Nothing of it is sent anywhere: it is for the administrator to look at and pass on.
 *
 * Input    loaded rules; a kept message and its text, hostile.
 * Memory   in the caller's strbuf.
 * Limits   the strbuf's maximum.   Threads  pure.   Errors  cannot fail.
 */
#ifndef CLI_RULEREPORT_H
#define CLI_RULEREPORT_H

#include "base/strbuf.h"
#include "replay/kept.h"

struct rulereport {
	const struct rules *rules; /* those the message was judged by */
	const struct rules_symbol *symbol;
	const struct kept *kept;
	str text;	 /* visible text, when the message itself is there */
	bool anew;	 /* judged now; else when it came */
	bool with_match; /* what the rule saw, in clear: the administrator says so */
};

/* One JSON object: the rule, the structure of the message, and its texts as cli/wordshape.h shows
 * them: nothing that its people wrote or that tells who they are. */
void rulereport_put(struct strbuf *out, const struct rulereport *r);

#endif

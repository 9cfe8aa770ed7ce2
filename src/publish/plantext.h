/* publish/plantext.h - a plan as lines for a zone file (RFC 1035 5.1), and as JSON.
 *
 * Input    a plan of plan.h; values may hold any byte.
 * Memory   into the caller's buffer.
 * Limits   the buffer's.   Threads  pure.   Errors  none.
 */
#ifndef PUBLISH_PLANTEXT_H
#define PUBLISH_PLANTEXT_H

#include "publish/plan.h"

/* Comments say what each group is for, and what comes later. */
void plantext_zone(struct strbuf *out, const struct conf *conf, const struct plan *p,
		   enum conf_lang lang);
/* An array of {"domain", "purpose", "name", "type", "value"}, values as in a zone file. */
void plantext_json(struct strbuf *out, const struct plan *p);
/* What stands behind the type in a zone file. */
void plantext_value(struct strbuf *out, const struct plan_record *r);

#endif

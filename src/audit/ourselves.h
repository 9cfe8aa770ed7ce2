/* audit/ourselves.h - the cases of the dialogue against our own SMTP session, in this process:
 * no listener, no gateway, nothing is handed on.
 *
 * A message that is accepted is thrown away, so cases that look at what is handed on are not
 * decided here; neither are those that need TLS.
 *
 * Input    a configuration that was checked.
 * Memory   in an arena of its own.
 * Limits   one session at a time.
 * Threads  one more for the session.
 * Errors   negative errno and a why: the configuration.
 */
#ifndef AUDIT_OURSELVES_H
#define AUDIT_OURSELVES_H

#include "audit/dialogue.h"
#include "conf/conf.h"

/* The row lives until take returns. */
typedef void ourselves_take_fn(void *ctx, const struct fate_row *row);

/* Those whose id begins with prefix, and that can be decided here. */
int ourselves_judge(const struct conf *conf, str prefix, ourselves_take_fn *take, void *ctx,
		    struct why *why) must_use;

#endif

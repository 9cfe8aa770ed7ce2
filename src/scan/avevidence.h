/* scan/avevidence.h - the antivirus as evidence for the judgement.
 *
 * Input    the message as received, handed to clamd; its answer.
 * Memory   in the caller's arena.   Threads  pure but for the connection.
 * Errors   cannot fail: each outcome, "none configured" included, is evidence.
 */
#ifndef SCAN_AVEVIDENCE_H
#define SCAN_AVEVIDENCE_H

#include "base/clock.h"
#include "conf/conf.h"
#include "policy/evidence.h"

void avevidence_collect(struct arena *a, const struct conf *conf, str message, deadline d,
			struct evidence *e);

#endif

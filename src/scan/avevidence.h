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
#include "inspect/facts.h"
#include "policy/evidence.h"
#include "scan/gate.h"

void avevidence_collect(struct gate *g, struct arena *a, const struct conf *conf, str message,
			deadline d, struct evidence *e);
/* Then what the inspector has unpacked where the antivirus could not: told when it is a virus, or
 * when the antivirus could not say. Nothing is asked once a virus is known. */
void avevidence_collect_extracts(struct gate *g, struct arena *a, const struct conf *conf,
				 const struct facts *facts, deadline d, struct evidence *e);

#endif

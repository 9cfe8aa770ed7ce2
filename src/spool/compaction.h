/* spool/compaction.h - what the spool does from time to time: makes tombstones durable and
 * gives disk space back.
 *
 * A segment goes when no message is left in it and it is the oldest. When the segments take
 * more than twice what their messages need and COMPACTION_SLACK segments, the messages left in
 * the oldest are appended again and it goes, so that one deferred message never holds back
 * gigabytes. Each byte is so written again at most once for each byte that came in since.
 *
 * Input    trusted.
 * Memory   one message at a time.
 * Limits   COMPACTION_BATCH messages for each sync.
 * Threads  one thread; commits wait for one message at most.
 * Errors   negative errno and why; tried again with the next call.
 */
#ifndef SPOOL_COMPACTION_H
#define SPOOL_COMPACTION_H

#include "spool/spool.h"

enum { COMPACTION_SLACK = 4, COMPACTION_BATCH = 256 };

int compaction_run(struct spool *s, struct why *why) must_use;

#endif

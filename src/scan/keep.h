/* scan/keep.h - tells the store what a message was judged by, so that poterne replay can judge it
 * by other rules; and judges it by those that are tried now (scan/candidate.h).
 *
 * Input    a judgement, when its sender has been answered.
 * Memory   in the passage's arena.
 * Limits   KEPT_MAX_BYTES; no waiting: when the store is busy it is lost, and counted.
 * Threads  any number.   Errors  cannot fail.
 */
#ifndef SCAN_KEEP_H
#define SCAN_KEEP_H

#include "scan/passage.h"
#include "sys/lanes.h"

void keep_tell(struct lanes *store, const struct passage *p);

#endif

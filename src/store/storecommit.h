/* store/storecommit.h - takes a judged message over: message commit from poterne-scan.
 *
 * status 0 in the answer means: on disk, for good, or (for a message that is only
 * recorded) noted. Only then may the stranger be told 250.
 *
 * Input    poterne-scan, which is weaker: ids, numbers and cuts are checked, the body must
 *          be a sealed memfd.
 * Memory   the lane's arena.   Limits  those of messages.def.
 * Threads  any number of lanes.
 * Errors   -EPROTO closes the lane; everything else is a status for the asker.
 */
#ifndef STORE_STORECOMMIT_H
#define STORE_STORECOMMIT_H

#include "store/store.h"

/* For lanes_serve; ctx is a struct store. */
int storecommit_answer(void *ctx, struct chan *c, struct msg *m, struct arena *a);

#endif

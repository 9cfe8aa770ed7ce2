/* scan/reportmail.h - mail to the addresses where reports about our own domains arrive.
 *
 * Input    the envelope is hostile; facts as decoded.
 * Memory   that of the passage.   Limits  REPORTSET_MAX_BYTES.
 * Threads  any number.
 * Errors   none: what the store cannot be told is logged, and lost to the statistics only.
 */
#ifndef SCAN_REPORTMAIL_H
#define SCAN_REPORTMAIL_H

#include "scan/passage.h"
#include "sys/lanes.h"

/* Bits of enum inspect_wants. */
uint32_t reportmail_wants(const struct conf *conf, const struct envelope *env);
/* Tells the store what was read in an accepted message. */
void reportmail_tell(struct lanes *store, const struct passage *p);

#endif

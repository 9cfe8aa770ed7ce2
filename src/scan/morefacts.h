/* scan/morefacts.h - facts that were found later, added to those of their message.
 *
 * Input    both are bounded by facts_decode.   Memory  in the arena; texts are borrowed.
 * Limits   those of inspect/facts.h.   Threads  pure.   Errors  cannot fail.
 */
#ifndef SCAN_MOREFACTS_H
#define SCAN_MOREFACTS_H

#include "inspect/facts.h"

/* Findings, links and hits about that part of the message. */
void morefacts_add(struct arena *a, struct facts *f, const struct facts *found, uint32_t part);

#endif

/* scan/visitlanes.h - links followed by poterne-fetch: one lane for each, so that a slow server
 * holds up nobody else.
 *
 * Input    answers are bounded by the messages' table and net/visit.h.
 * Memory   in the caller's arena.
 * Limits   as many visits at a time as lanes, less EXPORTROW_LANES; a link that finds none free is
 *          not visited.
 * Threads  as the lanes.
 * Errors   none: VISIT_UNANSWERED.
 */
#ifndef SCAN_VISITLANES_H
#define SCAN_VISITLANES_H

#include "net/visit.h"
#include "sys/lanes.h"

struct visit_source visitlanes_source(struct lanes *lanes) must_use;

#endif

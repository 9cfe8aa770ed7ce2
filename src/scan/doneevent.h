/* scan/doneevent.h - the record of a message in the log, message.done: what was judged, why, and
 * what became of it. Who exports messages tells the same line (scan/exporter.h).
 *
 * Input    envelope and facts are hostile: escaped, and bounded here.
 * Memory   the line is in the passage's arena.
 * Limits   DONEEVENT_LIST elements and DONEEVENT_LIST_BYTES of each list.
 * Threads  any number.   Errors  cannot fail.
 */
#ifndef SCAN_DONEEVENT_H
#define SCAN_DONEEVENT_H

#include "scan/passage.h"

enum { DONEEVENT_LIST = 50, DONEEVENT_LIST_BYTES = 2048, DONEEVENT_TEXT = 200 };

/* trouble: what went wrong here, or empty. Sets the passage's line. */
void doneevent_log(struct passage *p, struct verdict_reply reply, const char *trouble);

#endif

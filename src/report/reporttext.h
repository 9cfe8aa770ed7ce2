/* report/reporttext.h - texts of reports: cut, on one line, whole characters.
 *
 * Input    hostile, UTF-8.   Memory  in the arena.   Limits  max bytes.
 * Threads  pure.             Errors  none.
 */
#ifndef REPORT_REPORTTEXT_H
#define REPORT_REPORTTEXT_H

#include "base/arena.h"

/* Trimmed; control characters are spaces; what is no UTF-8 makes it empty. */
str reporttext_clean(struct arena *a, str s, size_t max) must_use;
/* The same in lower case (ASCII), without a final dot: names of domains and words. */
str reporttext_name(struct arena *a, str s, size_t max) must_use;

#endif

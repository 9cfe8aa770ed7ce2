/* document/icalendar.h - calendars and cards, line by line (RFC 5545, RFC 6350).
 *
 * Input    hostile.
 * Memory   a folded or decoded value is in the arena, others borrow.
 * Limits   the caller's arena; linear.
 * Threads  pure.
 * Errors   none: a line that is no property is passed over.
 */
#ifndef DOCUMENT_ICALENDAR_H
#define DOCUMENT_ICALENDAR_H

#include "base/arena.h"

struct icalendar_line {
	str name;	/* "ATTACH", without group */
	str parameters; /* "FMTTYPE=a/b;ENCODING=BASE64" */
	str value;	/* unfolded */
};

/* The next line of *rest, which loses it. False at the end. */
bool icalendar_next(struct arena *a, str *rest, struct icalendar_line *ret) must_use;
/* A parameter's value, or empty. */
str icalendar_parameter(const struct icalendar_line *l, str name) must_use;
/* The value is base64: as ENCODING says, or as a data: link. *ret_data is its text. */
bool icalendar_is_binary(const struct icalendar_line *l, str *ret_data) must_use;

#endif

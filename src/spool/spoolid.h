/* spool/spoolid.h - the name of a message in the spool and in the quarantine.
 *
 * A struct spool_id exists only by a successful parse, so it is always safe as a file
 * name: letters, digits, "-" and "_"; no dot, no slash, never empty.
 *
 * Input    hostile.   Memory  by value.   Limits  SPOOLID_MAX bytes.
 * Threads  pure.      Errors  false, and the output untouched.
 */
#ifndef SPOOL_SPOOLID_H
#define SPOOL_SPOOLID_H

#include "base/str.h"

enum { SPOOLID_MAX = 64 };

struct spool_id {
	char text[SPOOLID_MAX + 1];
};

bool spoolid_parse(str s, struct spool_id *ret) must_use;
bool spoolid_eq(struct spool_id a, struct spool_id b);

#endif

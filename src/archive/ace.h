/* archive/ace.h - the members of an ACE archive: their names, and the content of those
 * that are only stored. ACE's packing is documented nowhere; nobody needs it in mail.
 *
 * Input    hostile.   Memory  names and data point into the input.
 * Limits   linear.    Threads  pure.
 * Errors   ace_next false at the end or where the archive breaks off.
 */
#ifndef ARCHIVE_ACE_H
#define ARCHIVE_ACE_H

#include "base/str.h"

struct ace_member {
	str name;
	bool encrypted, is_stored;
	str data; /* packed */
};

/* *at starts as 0: the archive begins there, or behind a program that unpacks it. */
bool ace_next(str bytes, size_t *at, struct ace_member *ret) must_use;

#endif

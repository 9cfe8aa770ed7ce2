/* lists/listaudit.h - the trail of who changed which list when and why: one JSON object a line,
 * each with a hash over itself and the line before, so that a line that was changed or taken
 * out shows. (Who can write the file can write all of it anew: keep the last hash elsewhere.)
 *
 * Input    the trail as it is; texts of the administrator.
 * Memory   in the caller's arena.
 * Limits   LISTAUDIT_LINE bytes of a line.
 * Threads  pure.
 * Errors   listaudit_check says which line is not as it was.
 */
#ifndef LISTS_LISTAUDIT_H
#define LISTS_LISTAUDIT_H

#include "base/strbuf.h"

enum { LISTAUDIT_LINE = 16384 };

struct listaudit_change {
	int64_t at; /* wall clock */
	str who;
	str action; /* "add", "remove", "expire", "import" */
	str list;
	str entry; /* may be empty */
	str why;   /* may be empty */
	uint64_t entries;
};

/* The line for a change, to be put behind the trail. */
str listaudit_line(struct arena *a, str trail, const struct listaudit_change *c) must_use;
/* True when each line fits the one before it; else *ret_line is the first that does not. */
bool listaudit_check(struct arena *a, str trail, size_t *ret_line) must_use;

#endif

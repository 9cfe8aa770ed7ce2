/* lists/listblock.h - a set (lists/listset.h) that is made right in a file, which is as long as it
 * may have to be, full of holes, and cut at the end.
 *
 * Input    the text that entries come from, for its size.
 * Memory   maps the file; listblock_end lets it go, whatever became of it.
 * Limits   those of lists/listset.h.
 * Threads  one at a time.
 * Errors   negative errno and a why.
 */
#ifndef LISTS_LISTBLOCK_H
#define LISTS_LISTBLOCK_H

#include "lists/listset.h"

struct listblock {
	struct listbuilder builder; /* takes entries between begin and end */
	char *bytes;
	size_t room;
	int fd; /* the caller's: empty, to be read and written */
};

int listblock_begin(struct listblock *b, int fd, str text, struct why *why) must_use;
/* Of one that was begun. */
int listblock_end(struct listblock *b, int64_t now, struct why *why) must_use;

#endif

/* lists/listcompile.h - a text list of any length as a set file (lists/listset.h), written
 * beside its place and renamed into it.
 *
 * Input    a text file of the administrator or made from a feed.
 * Memory   the file that is made is mapped while it is written.
 * Limits   LISTCOMPILE_MAX entries. Linear.
 * Threads  any number, for different files.
 * Errors   negative errno and a why; the file that was there stays.
 */
#ifndef LISTS_LISTCOMPILE_H
#define LISTS_LISTCOMPILE_H

#include "lists/lists.h"

enum { LISTCOMPILE_MAX = 200000000 };

struct listcompile_count {
	uint64_t entries, twice, bad;
	uint32_t first_bad; /* line */
};

/* Lines that are no entries are refused when strict, else counted and left out. */
int listcompile_run(const char *from, const char *to, bool strict, int64_t now,
		    struct listcompile_count *ret, struct why *why) must_use;

#endif

/* lists/listsite.h - changes to a list's text: lines that stay are left as they are, comments
 * and order with them.
 *
 * Input    the text of a list file; entries of the administrator.
 * Memory   in the caller's arena.
 * Limits   LISTS_TEXT_MAX of the text that comes out.
 * Threads  pure.
 * Errors   -EINVAL, -EFBIG and a why; no line is changed then.
 */
#ifndef LISTS_LISTSITE_H
#define LISTS_LISTSITE_H

#include "lists/lists.h"

/* Puts the entry at the end; a line of the same thing is replaced. until (YYYY-MM-DD) and note
 * may be empty. */
int listsite_add(struct arena *a, str text, str entry, str until, str note, str *ret,
		 struct why *why) must_use;
/* *ret_n: lines taken out. */
int listsite_remove(struct arena *a, str text, str entry, str *ret, size_t *ret_n, struct why *why)
	must_use;
/* Without lines whose day has come. */
int listsite_expire(struct arena *a, str text, int64_t now, str *ret, size_t *ret_n,
		    struct why *why) must_use;

#endif

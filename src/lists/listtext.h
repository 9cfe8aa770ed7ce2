/* lists/listtext.h - list files as people write them: one entry a line, with an optional last
 * day and an optional note.
 *
 *	# comment
 *	evil.example
 *	192.0.2.0/24 until=2027-01-01 # told by the CERT, ticket 12
 *
 * Input    the administrator's files, or written from feeds.
 * Memory   slices of the text; keys in the arena given with each step.
 * Limits   LISTKEY_MAX bytes of an entry, LISTTEXT_NOTE of a note are kept.
 * Threads  one at a time.
 * Errors   LISTTEXT_BAD, with the place and what was expected.
 */
#ifndef LISTS_LISTTEXT_H
#define LISTS_LISTTEXT_H

#include "base/why.h"
#include "lists/listkey.h"

enum { LISTTEXT_NOTE = 500 };

struct listtext {
	str rest;
	uint32_t line; /* of the step before */
};

struct listentry {
	struct listkey key;
	str text;      /* as written */
	str note;      /* without "#"; may be empty */
	int64_t until; /* wall clock: the first second it no longer holds; INT64_MAX: for ever */
};

struct listtext_bad {
	uint32_t line, col;
	str found;
	const char *expected;
};

enum listtext_step { LISTTEXT_END, LISTTEXT_ENTRY, LISTTEXT_BAD };

struct listtext listtext_make(str text);
/* At least one. */
size_t listtext_lines(str text);
/* The next line with an entry. After LISTTEXT_BAD it may go on with the next. */
enum listtext_step listtext_next(struct listtext *t, struct arena *a, struct listentry *ret,
				 struct listtext_bad *bad) must_use;
/* One line; LISTTEXT_END when there is no entry on it. */
enum listtext_step listtext_line(struct arena *a, str line, struct listentry *ret,
				 struct listtext_bad *bad) must_use;
/* "2026-07-01" as the wall clock of its first second. */
bool listtext_date(str s, int64_t *ret) must_use;
/* -EINVAL and why FILE:LINE:COL: found X, expected Y. */
int listtext_refuse(struct arena *a, const char *file, const struct listtext_bad *bad,
		    struct why *why);

#endif

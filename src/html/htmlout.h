/* html/htmlout.h - text as it is read: white space collapsed, invisible characters dropped.
 *
 * Input    hostile, UTF-8; other bytes pass.
 * Memory   in the arena.   Limits  max bytes, then the rest is dropped; linear.
 * Threads  one at a time.   Errors  none.
 */
#ifndef HTML_HTMLOUT_H
#define HTML_HTMLOUT_H

#include "base/strbuf.h"

struct htmlout {
	struct strbuf out;
	bool space, line; /* a blank, a line end is pending */
	size_t letters;	  /* and digits that were put */
	size_t in_words;  /* invisible characters between two ASCII letters */
	bool invisible;	  /* one was just dropped, behind a letter */
};

struct htmlout htmlout_make(struct arena *a, size_t max);
void htmlout_put(struct htmlout *o, str text);
/* A new line begins, however often it is said. */
void htmlout_break(struct htmlout *o);
/* Whether the next letter would continue a word. */
bool htmlout_in_word(const struct htmlout *o);

#endif

/* fuzzy/fuzzybody.h - of a message's text, what its author wrote for it: without quoted lines, and
 * without the footers that lists, offices and free mail services hang below a rule. Two honest
 * messages may have all of those in common with one that was learned as spam.
 *
 * Input    hostile text, UTF-8, lines end with LF or CRLF.
 * Memory   in the caller's arena.
 * Limits   FUZZYBODY_BYTES of text; linear.
 * Threads  pure.
 * Errors   none.
 */
#ifndef FUZZY_FUZZYBODY_H
#define FUZZY_FUZZYBODY_H

#include "base/arena.h"

enum {
	FUZZYBODY_BYTES = 48 << 10,
	FUZZYBODY_FOOTER_WORDS = 80, /* at most, of what is a footer below a rule */
};

str fuzzybody_of(struct arena *a, str text) must_use;

#endif

/* html/htmlbase.h - which addresses of a page are links for the reader of a mail, and where
 * relative ones lead.
 *
 * Input    hostile.   Memory  borrowed, or in the arena.   Limits  linear.
 * Threads  pure.      Errors  empty: the address leads nowhere outside the message.
 */
#ifndef HTML_HTMLBASE_H
#define HTML_HTMLBASE_H

#include "base/arena.h"

/* url against base, which may be empty, by joining alone: the parser of URLs does the rest. */
str htmlbase_join(struct arena *a, str base, str url) must_use;

#endif

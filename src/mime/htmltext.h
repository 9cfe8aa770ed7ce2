/* mime/htmltext.h - the text of an HTML body, roughly as it is read: tags, comments,
 * scripts and styles dropped, character references replaced, white space collapsed.
 *
 * A tag stripper for pattern matching, not an HTML parser: it does not know what style
 * sheets hide or how browsers repair broken markup.
 *
 * Input    hostile, UTF-8.
 * Memory   in the arena.   Limits  never longer than the input; linear.
 * Threads  pure.           Errors  cannot fail.
 */
#ifndef MIME_HTMLTEXT_H
#define MIME_HTMLTEXT_H

#include "base/arena.h"

str htmltext_extract(struct arena *a, str html) must_use;

#endif

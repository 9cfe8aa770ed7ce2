/* url/urldefang.h - links that were defused so that nobody follows them, as reports of
 * incidents write them: hxxp://, http[:]//, evil[.]example, evil(dot)example.
 *
 * Input    hostile: one word of text.   Memory  new in the arena, or the input.
 * Limits   linear.   Threads  pure.   Errors  none.
 */
#ifndef URL_URLDEFANG_H
#define URL_URLDEFANG_H

#include "base/arena.h"

/* True when the word was defused; *ret is the link, or the word as it is. */
bool urldefang(struct arena *a, str word, str *ret);

#endif

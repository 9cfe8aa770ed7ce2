/* archive/utf16.h - a password as 7z and Office hash it: UTF-16LE.
 *
 * Input    UTF-8; what is none is taken byte by byte.   Memory  the arena.
 * Limits   UTF16_BYTES_MAX of input, the rest is cut.   Threads  pure.   Errors  none.
 */
#ifndef ARCHIVE_UTF16_H
#define ARCHIVE_UTF16_H

#include "base/arena.h"

enum { UTF16_BYTES_MAX = 100 };

str utf16_of(struct arena *a, str utf8) must_use;

#endif

/* document/unzlib.h - packed pieces of old Office documents: a zlib stream (RFC 1950), and
 * the "ActiveMime" wrapping in which Word puts objects and macros of its XML and web pages.
 *
 * Input    hostile.   Memory  in the caller's arena.   Limits  max bytes; linear.
 * Threads  pure.      Errors  what could be unpacked; *ret_whole says whether that is all.
 */
#ifndef DOCUMENT_UNZLIB_H
#define DOCUMENT_UNZLIB_H

#include "base/arena.h"

str unzlib_all(struct arena *a, str packed, size_t max, bool *ret_whole) must_use;
str unzlib_activemime(struct arena *a, str in, size_t max, bool *ret_whole) must_use;

#endif

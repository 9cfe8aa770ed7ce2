/* html/htmldata.h - the content of data: URLs (RFC 2397, WHATWG Fetch 6).
 *
 * Input    hostile.
 * Memory   the bytes are in the arena.   Limits  max bytes, then false; linear.
 * Threads  pure.                         Errors  false: no data: URL, or too long.
 */
#ifndef HTML_HTMLDATA_H
#define HTML_HTMLDATA_H

#include "base/arena.h"

/* *ret_type is as written, without parameters, and may be empty. */
bool htmldata_read(struct arena *a, str url, size_t max, str *ret_type, str *ret_bytes) must_use;
/* "%41%u0041b" as unescape() and browsers decode it. */
str htmldata_unescape(struct arena *a, str s) must_use;

#endif

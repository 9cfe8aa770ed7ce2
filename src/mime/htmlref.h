/* mime/htmlref.h - character references of HTML ("&eacute;", "&#233;", "&#xe9;").
 *
 * Input    hostile.   Memory  none.   Limits  HTMLREF_MAX bytes are looked at.
 * Threads  pure.      Errors  0 when there is none.
 */
#ifndef MIME_HTMLREF_H
#define MIME_HTMLREF_H

#include "base/str.h"

enum { HTMLREF_MAX = 12 };

/* The reference at the start of s, its ";" included when there: its length and character. */
size_t htmlref_parse(str s, uint32_t *ret_cp);

#endif

/* base/utf8.h - UTF-8 as RFC 3629 defines it: no overlong forms, no surrogates,
 * nothing above U+10FFFF.
 *
 * Input    hostile.   Memory  borrows.   Limits  linear.
 * Threads  pure.      Errors  a length of 0 means "not UTF-8 here".
 */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include "base/str.h"

/* Length in bytes of the character at the start of s and its code point, or 0. */
size_t utf8_next(str s, uint32_t *ret_cp);
bool utf8_valid(str s);
/* Writes cp into out[4] and returns its length; U+FFFD for what is no character. */
size_t utf8_encode(uint32_t cp, char out[4]);

#endif

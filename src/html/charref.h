/* html/charref.h - character references of HTML (13.2.5.72 to 80): "&eacute;", "&#233;".
 *
 * Input    hostile.
 * Memory   none; named ones are given back from a constant table.
 * Limits   a name has at most CHARREF_NAME_MAX bytes; a number is read to its last digit.
 * Threads  pure.
 * Errors   0 when there is none: the "&" stands for itself.
 */
#ifndef HTML_CHARREF_H
#define HTML_CHARREF_H

#include "base/str.h"

enum { CHARREF_NAME_MAX = 32, CHARREF_BYTES_MAX = 8 };

struct charref {
	char bytes[CHARREF_BYTES_MAX]; /* UTF-8 of one or two characters */
	uint8_t n;
};

/* The reference at the start of s, which begins with "&": its length and what it stands for. In an
 * attribute, a name without ";" before "=" or a letter is none, as in "?a=1&copy=2". */
size_t charref_parse(str s, bool in_attribute, struct charref *ret);

#endif

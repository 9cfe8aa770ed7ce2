/* html/htmlscript_private.h - what the files of the script reader share.
 *
 * htmlscript.c reads words, strings and numbers; htmlscript_decode.c what is coded in them.
 *
 * Input    hostile.   Memory  the arena's.   Limits  htmlscript.h.
 * Threads  pure.   Errors  none.
 */
#ifndef HTML_HTMLSCRIPT_PRIVATE_H
#define HTML_HTMLSCRIPT_PRIVATE_H

#include "html/htmlscript.h"

enum { HTMLSCRIPT_NUMBERS_MIN = 24 };

/* A list of character numbers that is being read. */
struct htmlscript_numbers {
	size_t n;
	struct strbuf bytes;
};

void htmlscript_number(struct htmlscript_numbers *n, uint32_t value);
void htmlscript_numbers_end(struct htmlscript *s, struct htmlscript_numbers *n);
/* What is coded in one literal, whose escapes are undone. */
void htmlscript_decode(struct htmlscript *s, str literal);
/* Nothing but the alphabets of base64. */
bool htmlscript_is_coded(str s);

#endif

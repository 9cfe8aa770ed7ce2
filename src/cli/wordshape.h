/* cli/wordshape.h - a text without its words: what it looks like, and nothing of what it says.
 *
 * A run of capitals is A, of other letters a, of digits 9; a word is cut after WORDSHAPE_WORD of
 * them. ASCII punctuation and blanks stay; whatever else is a letter for this purpose.
 *
 *	"Vous avez gagné 12 000 EUR !"  ->  "Aa a a 9 9 A !"
 *
 * Input    hostile bytes.
 * Memory   in the caller's strbuf.
 * Limits   max bytes of text are looked at; linear.   Threads  pure.   Errors  cannot fail.
 */
#ifndef CLI_WORDSHAPE_H
#define CLI_WORDSHAPE_H

#include "base/strbuf.h"

enum { WORDSHAPE_WORD = 6 };

void wordshape_put(struct strbuf *out, str text, size_t max);

#endif

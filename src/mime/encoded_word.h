/* mime/encoded_word.h - header text with encoded-words (RFC 2047) to UTF-8, as mail
 * clients show it: adjacent words of one charset are joined before conversion, so a
 * character split between two words survives.
 *
 * Input    hostile: an unfolded header value.
 * Memory   plain text is given back as it is, else in the arena.
 * Limits   linear.   Threads  one at a time per struct charsets.
 * Errors   a malformed word stays as it stands; *ret_unknown_charset is set when a
 *          charset is not known.
 */
#ifndef MIME_ENCODED_WORD_H
#define MIME_ENCODED_WORD_H

#include "mime/charset.h"

/* Always valid UTF-8. ret_unknown_charset may be NULL; it is only ever set to true. */
str encoded_word_decode(struct charsets *c, struct arena *a, str value, bool *ret_unknown_charset)
	must_use;

#endif

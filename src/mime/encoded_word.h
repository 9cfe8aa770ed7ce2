/* mime/encoded_word.h - header text with encoded-words (RFC 2047) to UTF-8, as mail
 * clients show it: adjacent words of one charset are joined before conversion, so a
 * character split between two words survives. It is decoded once: a word inside a word stays.
 *
 * Input    hostile: an unfolded header value.
 * Memory   plain text is given back as it is, else in the arena.
 * Limits   linear.   Threads  one at a time per struct charsets.
 * Errors   a malformed word stays as it stands; what is odd is a flag.
 */
#ifndef MIME_ENCODED_WORD_H
#define MIME_ENCODED_WORD_H

#include "mime/charset.h"

enum encoded_word_seen {
	ENCODED_WORD_BASE64 = 1 << 0, /* words of that encoding */
	ENCODED_WORD_QP = 1 << 1,
	ENCODED_WORD_NEEDED = 1 << 2,  /* some text in words could not stand there plainly */
	ENCODED_WORD_UNKNOWN = 1 << 3, /* a charset that is not known */
	ENCODED_WORD_CONTROL = 1 << 4, /* NUL, CR or LF in a word: no sender needs that */
	ENCODED_WORD_NESTED = 1 << 5,  /* the text of a word holds another one */
	ENCODED_WORD_ODD = 1 << 7,     /* a word over 75 bytes, or a character cut between two */
	ENCODED_WORD_BROKEN = 1 << 6,  /* no word though it begins like one, bad bytes, or UTF-7 */
};

/* Always valid UTF-8. ret_seen may be NULL; flags are only added to it. */
str encoded_word_decode(struct charsets *c, struct arena *a, str value, uint32_t *ret_seen)
	must_use;

#endif

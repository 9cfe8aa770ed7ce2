/* mime/charset.h - text of any mail charset to UTF-8, by ICU. charset.c converts by name,
 * charset_read.c finds out what bytes are.
 *
 * Input    hostile: charset names and bytes.
 * Memory   UTF-8 that needs no change is given back as it is, else in the arena; open
 *          converters belong to the struct charsets, freed by charset_close.
 * Limits   CHARSET_OPEN_MAX converters are kept open; linear time.
 * Threads  one at a time per struct charsets.
 * Errors   false: the charset is unknown, the text was read as CHARSET_FALLBACK.
 *          Bytes that mean nothing become U+FFFD.
 */
#ifndef MIME_CHARSET_H
#define MIME_CHARSET_H

#include "base/arena.h"

enum { CHARSET_OPEN_MAX = 8, CHARSET_NAME_MAX = 40 };
enum { CHARSET_BYTES_MAX = 256 << 20 }; /* ICU counts in 31 bits; the rest is cut */

struct charset_slot {
	char name[CHARSET_NAME_MAX + 1];
	void *converter; /* UConverter; NULL: the name is unknown */
};

struct charsets {
	struct charset_slot slots[CHARSET_OPEN_MAX];
	size_t n;
};

/* Zero a struct charsets to make one. Leaves it empty and usable. */
void charset_close(struct charsets *c);

/* name may be empty. *ret_text is always valid UTF-8. */
bool charset_to_utf8(struct charsets *c, struct arena *a, str name, str bytes, str *ret_text);

enum charset_flags {
	CHARSET_UNKNOWN = 1 << 0,   /* the declared name means nothing */
	CHARSET_ABSENT = 1 << 1,    /* bytes that need a name, and there is none */
	CHARSET_GUESSED = 1 << 2,   /* the bytes said what they are, not the name */
	CHARSET_UTF7 = 1 << 3,	    /* ASCII that hides other text */
	CHARSET_UTF16 = 1 << 4,	    /* two bytes a character without a mark of their order */
	CHARSET_OVERLONG = 1 << 5,  /* UTF-8 that writes ASCII in more bytes than needed */
	CHARSET_DOUBTFUL = 1 << 6,  /* declared as another charset, valid as UTF-8 */
	CHARSET_DISGUISED = 1 << 7, /* without that charset the bytes are another text, in ASCII */
};

/* The text of a body as a mail client would show it: by byte order mark, declaration, and
 * where that is absent or contradicted by the bytes, by what they look like. Returns
 * enum charset_flags. */
uint32_t charset_read(struct charsets *c, struct arena *a, str name, str bytes, str *ret_text);

#endif

/* mime/charset.h - text of any mail charset to UTF-8, by ICU.
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

#endif

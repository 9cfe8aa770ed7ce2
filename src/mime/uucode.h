/* mime/uucode.h - uuencode (POSIX uuencode(1), historical alphabet), as mail programs undo it
 * when they meet it in text or as Content-Transfer-Encoding.
 *
 * Input    hostile.
 * Memory   into the caller's strbuf; the name points into the input.
 * Limits   the strbuf's maximum; linear.
 * Threads  pure.   Errors  decoding stops at the first line that is none.
 */
#ifndef MIME_UUCODE_H
#define MIME_UUCODE_H

#include "base/strbuf.h"

/* "begin 644 name" and a line whose length is the one it announces. text starts at a line. */
bool uucode_begins(str text, str *ret_name);
/* Decodes lines, a "begin" line first or not, up to "end" or what is no such line. Returns
 * the bytes of text that were used. */
size_t uucode_decode(struct strbuf *out, str text);

#endif

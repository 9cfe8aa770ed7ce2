/* mime/yenc.h - yEnc (yEnc draft 1.3), a file in text as bytes plus 42.
 *
 * Input    hostile.
 * Memory   into the caller's strbuf; the name points into the input.
 * Limits   the strbuf's maximum; linear.
 * Threads  pure.   Errors  a missing "=yend" is forgiven.
 */
#ifndef MIME_YENC_H
#define MIME_YENC_H

#include "base/strbuf.h"

/* "=ybegin ... name=x". text starts at a line. */
bool yenc_begins(str text, str *ret_name);
/* Decodes from "=ybegin" or "=ypart" to "=yend" or the end; returns the bytes used. */
size_t yenc_decode(struct strbuf *out, str text);

#endif

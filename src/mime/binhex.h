/* mime/binhex.h - BinHex 4.0 (RFC 1741 appendix A): a Macintosh file in text.
 *
 * Input    hostile.
 * Memory   in the arena; name and data of one file.
 * Limits   max bytes, run lengths included; linear.
 * Threads  pure.   Errors  false: no file there; cut: it stops early or is over max.
 */
#ifndef MIME_BINHEX_H
#define MIME_BINHEX_H

#include "base/strbuf.h"

/* The line that announces one. */
bool binhex_begins(str text);

struct binhex {
	str name, data; /* the data fork; what is of a Macintosh only is left out */
	size_t used;	/* bytes of text */
	bool cut;
};
bool binhex_decode(struct arena *a, str text, size_t max, struct binhex *ret);

#endif

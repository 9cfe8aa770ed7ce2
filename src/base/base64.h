/* base/base64.h - base64 (RFC 4648, RFC 2045 6.8).
 *
 * Input    hostile.   Memory  into the caller's strbuf.   Limits  its maximum; linear.
 * Threads  pure.      Errors  below.
 */
#ifndef BASE_BASE64_H
#define BASE_BASE64_H

#include "base/strbuf.h"

void base64_encode(struct strbuf *out, str in);
/* Strict: canonical alphabet, padding, nothing else. False and no output otherwise. */
bool base64_decode(struct strbuf *out, str in) must_use;

/* What a lenient mail client made of it. */
struct base64_seen {
	size_t foreign; /* bytes outside the alphabet that were skipped, white space not counted */
	bool data_after_pad; /* decoding went on after "=" */
	bool truncated;	     /* the last group is incomplete */
};
/* Lenient, as mail clients decode bodies: skips foreign bytes, goes on after padding. */
void base64_decode_lenient(struct strbuf *out, str in, struct base64_seen *ret_seen);

/* How other readers take what is no clean base64. */
enum base64_pad {
	BASE64_PAD_PLACE, /* "=" holds a place in its group of four, wherever it stands */
	BASE64_PAD_ZERO,  /* the same, as six bits of zero */
	BASE64_PAD_SKIP,
	BASE64_PAD_STOP /* the data ends there */
};
enum base64_foreign { BASE64_FOREIGN_SKIP, BASE64_FOREIGN_LINE, BASE64_FOREIGN_STOP };
struct base64_way {
	enum base64_pad pad;
	enum base64_foreign foreign; /* ..._LINE: the rest of the line is left out */
	bool lines;		     /* an incomplete group at the end of a line is left out */
	bool url;		     /* "-" and "_" belong to the alphabet (RFC 4648 5) */
};
void base64_decode_way(struct strbuf *out, str in, struct base64_way way);

#endif

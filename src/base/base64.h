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

#endif

/* base/qp.h - quoted-printable (RFC 2045 6.7) as lenient clients decode it, and the
 * Q encoding of encoded-words (RFC 2047 4.2).
 *
 * Input    hostile.   Memory  into the caller's strbuf.   Limits  its maximum; linear.
 * Threads  pure.      Errors  a malformed "=" is kept as it stands and counted.
 */
#ifndef BASE_QP_H
#define BASE_QP_H

#include "base/strbuf.h"

/* Returns how many "=" were malformed. */
size_t qp_decode(struct strbuf *out, str in);
/* How other readers take what is malformed, or differs between systems. */
struct qp_way {
	unsigned drop;	 /* bytes of a malformed escape that are left out, "=" first */
	bool upper_only; /* "=3d" is malformed */
	bool lf;	 /* CRLF becomes LF */
};
size_t qp_decode_way(struct strbuf *out, str in, struct qp_way way);
/* As qp_decode, and "_" is a space. */
size_t qp_decode_word(struct strbuf *out, str in);
/* Lines of at most 76 characters, CRLF between them. */
void qp_encode(struct strbuf *out, str in);

#endif

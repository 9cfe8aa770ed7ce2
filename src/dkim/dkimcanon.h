/* dkim/dkimcanon.h - canonical forms of fields and bodies (RFC 6376 3.4), as a stream.
 *
 * A line ends with CRLF. A bare LF is taken for one, as for files that never saw SMTP (what comes
 * by SMTP holds none: reception refuses it); a bare CR is a byte like any other. So the
 * canonical form of a message does not depend on how a file keeps its lines.
 *
 * Input    hostile.
 * Memory   a few bytes on the stack; what comes out is handed to the sink piece by piece.
 * Limits   linear, one pass.
 * Threads  pure.
 * Errors   cannot fail.
 */
#ifndef DKIM_DKIMCANON_H
#define DKIM_DKIMCANON_H

#include "base/str.h"

enum dkimcanon_kind { DKIMCANON_SIMPLE, DKIMCANON_RELAXED };

/* Where canonical bytes go: a digest, a buffer. */
struct dkimcanon_sink {
	void (*put)(void *ctx, str bytes);
	void *ctx;
};

/* One field as it stands, with its line end. Without last the form ends with CRLF; the field of
 * the signature itself comes last, without. */
void dkimcanon_field(enum dkimcanon_kind kind, str field, bool last,
		     const struct dkimcanon_sink *out);
/* The same, of a signature's own field: the value of its b= tag is taken for empty. */
void dkimcanon_own_field(enum dkimcanon_kind kind, str field, bool last,
			 const struct dkimcanon_sink *out);
/* The first max bytes of the body's form (l=; UINT64_MAX: all of it). Returns the length of
 * the whole form. */
uint64_t dkimcanon_body(enum dkimcanon_kind kind, str body, uint64_t max,
			const struct dkimcanon_sink *out);

#endif

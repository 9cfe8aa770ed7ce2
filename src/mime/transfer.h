/* mime/transfer.h - undoes Content-Transfer-Encoding (RFC 2045 6) as lenient clients do.
 *
 * Input    hostile.
 * Memory   identity gives the input back, else in the arena.
 * Limits   max decoded bytes, then cut is set; linear.
 * Threads  pure.   Errors  none: anomalies are flags.
 */
#ifndef MIME_TRANSFER_H
#define MIME_TRANSFER_H

#include "mime/content.h"

struct transfer {
	str bytes;
	bool bad_base64; /* foreign bytes, data behind the padding, an incomplete group */
	bool bad_qp;	 /* "=" without two hexadecimal digits */
	bool cut;
};

void transfer_decode(struct arena *a, enum content_encoding encoding, str body, size_t max,
		     struct transfer *ret);

/* The other ways in which some reader decodes the same body, from number 0 on; false: there
 * is none of that number. What is above max is cut. */
bool transfer_reading(struct arena *a, enum content_encoding encoding, unsigned number, str body,
		      size_t max, str *ret);

#endif

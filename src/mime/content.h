/* mime/content.h - what the header of a message or body part says about its body
 * (RFC 2045, RFC 2183).
 *
 * Input    hostile: a header section.
 * Memory   in the arena or pointing into the input.
 * Limits   those of mime/params.h; linear.
 * Threads  one at a time per struct charsets.
 * Errors   none: anomalies are flags.
 */
#ifndef MIME_CONTENT_H
#define MIME_CONTENT_H

#include "mail/header.h"
#include "mime/params.h"

enum content_encoding {
	CONTENT_IDENTITY, /* absent, 7bit, 8bit, binary */
	CONTENT_BASE64,
	CONTENT_QP,
	CONTENT_UUENCODE,
	CONTENT_UNKNOWN
};

enum content_flags {
	CONTENT_DUPLICATE = 1 << 0, /* one of the three fields stands there twice */
	CONTENT_CONFLICTING_BOUNDARY = 1 << 1,
	CONTENT_CONFLICTING_NAME = 1 << 2,
	CONTENT_ATTACHMENT = 1 << 3,	       /* Content-Disposition: attachment */
	CONTENT_BAD_TYPE = 1 << 4,	       /* a Content-Type that is no type/subtype */
	CONTENT_CUT = 1 << 5,		       /* more parameters than PARAMS_MAX */
	CONTENT_ODD_FIELD = 1 << 7,	       /* a blank before the colon of such a field */
	CONTENT_CONFLICTING_ENCODING = 1 << 6, /* two Content-Transfer-Encoding fields */
};

enum { CONTENT_NAMES_MAX = 16, CONTENT_FIELDS_MAX = 4 };

struct content {
	bool has_type; /* a Content-Type stands there */
	str type;      /* lower case; the default of the context when absent or malformed */
	str charset;   /* as written, may be empty */
	str boundary;  /* as written; p NULL when absent */
	str filename;  /* decoded, UTF-8, may be empty */
	/* All names that any reader takes for it, of all fields that stand there. */
	str names[CONTENT_NAMES_MAX];
	size_t names_n;
	str encoding_name;
	enum content_encoding encoding;
	uint32_t flags;	       /* enum content_flags */
	str stray;	       /* the first line that is no field: a body for some readers */
	str duplicate;	       /* name of the field that stands there twice */
	uint32_t header_flags; /* enum header_flags, of all fields together */
};

/* default_type: "text/plain", or "message/rfc822" inside multipart/digest (RFC 2046 5.1.5).
 * The reader is left behind the header section. */
void content_read(struct charsets *c, struct arena *a, struct header_reader *r, str default_type,
		  struct content *ret);

bool content_is(const struct content *t, str type_prefix);

#endif

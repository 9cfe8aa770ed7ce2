/* mail/header.h - the header section of a message or body part, one field at a time
 * (RFC 5322 2.2), as leniently as mail clients read it.
 *
 * Input    hostile: a message from its first byte. Lines end with CRLF or LF.
 * Memory   fields point into the message; header_unfold copies only a folded value.
 * Limits   none of its own: the caller stops counting where it likes. One pass.
 * Threads  pure.
 * Errors   none: what is wrong with a field is a flag of it.
 */
#ifndef MAIL_HEADER_H
#define MAIL_HEADER_H

#include "base/arena.h"

enum { HEADER_LINE_MAX = 998 }; /* RFC 5322 2.1.1 */

enum header_flags {
	HEADER_8BIT = 1 << 0, /* bytes above 127: UTF-8 (RFC 6532) or worse */
	HEADER_NUL = 1 << 1,
	HEADER_TOO_LONG = 1 << 2, /* a line of more than HEADER_LINE_MAX bytes */
	HEADER_NO_COLON = 1 << 3, /* not a field at all: name is empty, raw is the line */
	HEADER_BAD_NAME = 1 << 4, /* a blank before the name, or other than printable ASCII in it */
	HEADER_BARE_CR = 1 << 5,
	HEADER_BARE_LF = 1 << 6,    /* every line of a file that never saw SMTP */
	HEADER_BLANK_LINE = 1 << 7, /* a line of blanks: for some readers the header ends there */
};

struct header_field {
	str name;	/* without the blanks some write before the colon (RFC 5322 4.5) */
	str raw;	/* behind the colon, folding kept, final line end dropped */
	str whole;	/* the field as it stands, with its final line end */
	uint32_t line;	/* 1 = first line of the message */
	uint32_t flags; /* enum header_flags */
};

struct header_reader {
	str in;
	size_t at;
	uint32_t line;
};

static inline struct header_reader header_reader_make(str message)
{
	return (struct header_reader){ .in = message, .line = 1 };
}

/* False at the empty line or the end of input; then header_body is what follows. */
bool header_next(struct header_reader *r, struct header_field *ret);
str header_body(const struct header_reader *r);

/* The value on one line, trimmed: line ends removed (RFC 5322 2.2.3), bare CR and NUL
 * become spaces. Points into raw when there is nothing to change. */
str header_unfold(struct arena *a, str raw);
/* Unfolded value of the first field of that name, or STR_NULL. */
str header_find(struct arena *a, str message, str name);

#endif

/* audit/imapline.h - one line of an IMAP server (RFC 9051), as far as reading a mailbox needs it.
 *
 * Input    hostile: a line with its CRLF.
 * Memory   slices of the line.
 * Limits   a literal says how long it is: the caller decides whether to read it. Linear.
 * Threads  pure.
 * Errors   IMAPLINE_E_SYNTAX.
 */
#ifndef AUDIT_IMAPLINE_H
#define AUDIT_IMAPLINE_H

#include "base/str.h"

enum {
	IMAPLINE_UNTAGGED, /* "* ..." */
	IMAPLINE_OK,	   /* the command is done */
	IMAPLINE_NO,	   /* NO or BAD */
	IMAPLINE_GO_ON,	   /* "+ ..." */
	IMAPLINE_E_SYNTAX,
};

struct imapline {
	str rest;	  /* behind "* " or the tag */
	bool has_literal; /* the line ends with {n}: so many bytes follow, then more of it */
	uint64_t literal;
};

int imapline_read(str line, str tag, struct imapline *ret) must_use;
/* "SEARCH 3 5 8": false at the end, or when *rest is no such answer. Start with rest as read. */
bool imapline_next_uid(str *rest, uint32_t *ret) must_use;
/* A quoted string with its quotes; false when it cannot be one (RFC 9051 4.3). */
bool imapline_quote(str s, char *out, size_t max, size_t *ret_n) must_use;

#endif

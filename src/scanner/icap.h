/* scanner/icap.h - asks an antivirus that speaks ICAP, by RESPMOD (RFC 3507).
 *
 * The bytes are shown to it as the body of an HTTP response. Clean is 204 (4.6), or 200 with the
 * very same body. Words: "infected", "encrypted", "limits" (a container it could not look into);
 * "modified", a body that is another and nobody says why. No OPTIONS is asked and nothing
 * previewed.
 *
 * Input    the answer is hostile.
 * Memory   in the caller's arena.
 * Limits   ICAP_LINE_MAX bytes a line, ICAP_LINES lines of a head; of a body as many bytes as are
 *          the same, then no more.
 * Threads  one at a time.
 * Errors   as scanner/scanner.h; a status of 4xx or 5xx is no answer.
 */
#ifndef SCANNER_ICAP_H
#define SCANNER_ICAP_H

#include "scanner/scanner.h"
#include "sys/stream.h"

enum { ICAP_LINE_MAX = 8192, ICAP_LINES = 200 };

int icap_ask(struct arena *a, const struct scannerrow *row, const struct scanner_subject *s,
	     deadline d, struct scanner_answer *ret, struct why *why) must_use;
/* The answer to a question about those bytes. */
int icap_read(struct stream *s, struct arena *a, str asked, deadline d, struct scanner_answer *ret,
	      struct why *why) must_use;

#endif

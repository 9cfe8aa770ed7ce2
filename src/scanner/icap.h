/* scanner/icap.h - asks an antivirus that speaks ICAP, by RESPMOD (RFC 3507).
 *
 * The bytes are shown to it as the body of an HTTP response. Clean is 204 (4.6) and nothing else.
 * Words: "infected", "encrypted", "limits" (a container it could not look into); "modified", a body
 * that is another and nobody says why. No OPTIONS is asked and nothing previewed.
 *
 * Who gives the same body back though 204 is allowed, or begins to answer before it has all, has
 * perhaps not looked: c-icap does so with what is larger than its MaxObjectSize, or of a type it
 * does not scan. That is "limits", too. Its virus_scan says 204 to everything while it has no
 * antivirus; then its ISTag is a digest of nothing, which is no answer.
 *
 * Input    the answer is hostile.
 * Memory   in the caller's arena.
 * Limits   ICAP_LINE_MAX bytes a line, ICAP_LINES lines of a head; of a body as many bytes as are
 *          the same, then no more; of our bytes it gets no more once it answers.
 * Threads  one at a time.
 * Errors   as scanner/scanner.h; a status of 4xx or 5xx is no answer, nor is an early 204.
 */
#ifndef SCANNER_ICAP_H
#define SCANNER_ICAP_H

#include "scanner/scanner.h"
#include "sys/stream.h"

enum { ICAP_LINE_MAX = 8192, ICAP_LINES = 200 };

int icap_ask(struct arena *a, const struct scannerrow *row, const struct scanner_subject *s,
	     deadline d, struct scanner_answer *ret, struct why *why) must_use;
/* What it is asked about: mailhead before a message, nothing before a file; then the bytes. */
struct icap_asked {
	str head, bytes;
};

/* The answer to a question about those; NULL: it did not wait for all of them. */
int icap_read(struct stream *s, struct arena *a, const struct icap_asked *asked, deadline d,
	      struct scanner_answer *ret, struct why *why) must_use;

#endif

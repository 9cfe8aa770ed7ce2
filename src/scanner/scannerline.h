/* scanner/scannerline.h - asks a service of the site's own making: a line of JSON and the bytes,
 * a line of JSON back (docs/formats/scanner-line.md).
 *
 * Input    the answer is hostile.
 * Memory   in the caller's arena; jansson's while it is read.
 * Limits   SCANNERLINE_ANSWER_MAX bytes; recipients of the envelope.
 * Threads  one at a time.
 * Errors   as scanner/scanner.h; "error" in an answer is no answer.
 */
#ifndef SCANNER_SCANNERLINE_H
#define SCANNER_SCANNERLINE_H

#include "scanner/scanner.h"

enum { SCANNERLINE_ANSWER_MAX = 16 << 10 };

int scannerline_ask(struct arena *a, const struct scannerrow *row, const struct scanner_subject *s,
		    deadline d, struct scanner_answer *ret, struct why *why) must_use;
/* The line that goes before the bytes. */
str scannerline_question(struct arena *a, const struct scanner_subject *s) must_use;
int scannerline_parse(struct arena *a, str line, struct scanner_answer *ret, struct why *why)
	must_use;

#endif

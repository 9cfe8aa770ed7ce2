/* scanner/dcc.h - asks a local dccifd how often others have seen such a message (dccifd(8),
 * "Protocol").
 *
 * dccifd tells digests of the message to the servers of DCC; the message itself stays. It is asked
 * only ("query"), unless the row says report; then it is told how many recipients there are, never
 * who.
 *
 * The question: options, client, HELO name, sender and recipients on a line each, an empty line,
 * the message. The answer: what is to be done with the message, with each recipient, and the field
 * X-DCC. Words: "reject", "bulk" (a digest has the count "many").
 *
 * Input    the answer is hostile.
 * Memory   in the caller's arena.
 * Limits   DCC_ANSWER_MAX bytes.
 * Threads  one at a time.
 * Errors   as scanner/scanner.h; "T", it cannot now, is no answer.
 */
#ifndef SCANNER_DCC_H
#define SCANNER_DCC_H

#include "scanner/scanner.h"

enum { DCC_ANSWER_MAX = 16 << 10 };

int dcc_ask(struct arena *a, const struct scannerrow *row, const struct scanner_subject *s,
	    deadline d, struct scanner_answer *ret, struct why *why) must_use;
int dcc_parse(struct arena *a, str answer, struct scanner_answer *ret, struct why *why) must_use;

#endif

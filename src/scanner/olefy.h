/* scanner/olefy.h - asks olefy, which has a file looked at by oletools (olevba).
 *
 * The question is "OLEFY/1.0", "Method: oletools", "Rspamd-ID: ..." on a line each, an empty line
 * and the file, then our direction is closed. The answer is what olevba --json writes: an array of
 * objects. Words, as olevba names what macros do: "macros", "autoexec", "suspicious" (their
 * keywords are the text), "ioc", "hex", "base64", "dridex", "vba"; and "encrypted".
 *
 * Input    the answer quotes macros: hostile.
 * Memory   in the caller's arena; jansson's while it is read.
 * Limits   OLEFY_ANSWER_MAX bytes.
 * Threads  one at a time.
 * Errors   as scanner/scanner.h; what olevba could not open is no answer.
 */
#ifndef SCANNER_OLEFY_H
#define SCANNER_OLEFY_H

#include "scanner/scanner.h"

enum { OLEFY_ANSWER_MAX = 1 << 20 };

int olefy_ask(struct arena *a, const struct scannerrow *row, const struct scanner_subject *s,
	      deadline d, struct scanner_answer *ret, struct why *why) must_use;
int olefy_parse(struct arena *a, str json, struct scanner_answer *ret, struct why *why) must_use;

#endif

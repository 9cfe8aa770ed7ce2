/* reporting/rowtext.h - what is counted for a report as one line of text: KEY=VALUE fields
 * with tabs between them. The same text is the same row, so whoever counts need not read it.
 *
 * Input    values are hostile: they lose control characters and bytes that are no UTF-8.
 * Memory   slices point into the text.
 * Limits   ROWTEXT_VALUE_MAX bytes a value, ROWTEXT_MAX a line: what does not fit is left out.
 * Threads  pure.
 * Errors   false: there is no further field.
 */
#ifndef REPORTING_ROWTEXT_H
#define REPORTING_ROWTEXT_H

#include "base/strbuf.h"

enum {
	ROWTEXT_MAX = 3072, /* as in sys/messages.def */
	ROWTEXT_VALUE_MAX = 400,
};

/* key is a word of ours; an empty value is not written. */
void rowtext_put(struct strbuf *b, const char *key, str value);
/* The next field of *rest. */
bool rowtext_next(str *rest, str *ret_key, str *ret_value);

#endif

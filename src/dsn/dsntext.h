/* dsn/dsntext.h - the words of a notification for people, in French and English.
 *
 * Input    as dsn.h.   Memory  into the caller's strbuf.   Limits  those of dsn.h.
 * Threads  pure.       Errors  cannot fail.
 */
#ifndef DSN_DSNTEXT_H
#define DSN_DSNTEXT_H

#include "dsn/dsn.h"

/* ASCII, a literal. */
const char *dsntext_subject(const struct dsn_report *r);
/* UTF-8, lines end with CRLF. French first and English below it, or English alone. */
void dsntext_put(struct strbuf *out, const struct dsn_report *r);

#endif

/* dsn/dsnoriginal.h - the last part of a notification: the original, whole or its header,
 * without what this gateway and other filters inside wrote into it: scores teach whoever
 * sends spam.
 *
 * Input    hostile: a message.   Memory  into the caller's strbuf.
 * Limits   DSN_WHOLE_MAX, DSN_HEADER_MAX of dsn.h; linear.
 * Threads  pure.                 Errors  cannot fail.
 */
#ifndef DSN_DSNORIGINAL_H
#define DSN_DSNORIGINAL_H

#include "dsn/dsn.h"

/* Content fields and content: message/rfc822 when it is short, 7-bit and not unwanted, else
 * text/rfc822-headers (RFC 6522 4), message/global-headers when UTF-8 is in it (RFC 6533 7). */
void dsnoriginal_put(struct strbuf *out, const struct dsn_report *r);

#endif

/* smtp/reply.h - the server's side of the dialogue: code, enhanced code, text.
 *
 * Input    trusted text, or text from another process of ours: CR, LF and bytes outside
 *          printable ASCII and UTF-8 cannot leave through here.
 * Memory   into the stream's output buffer; nothing is sent before it is flushed.
 * Limits   REPLY_LINE_MAX bytes a line (RFC 5321 4.5.3.1.5), longer text is cut.
 *          A client that has not read what was sent before is waited for until d.
 * Threads  one at a time for each stream.
 * Errors   as stream_write.
 */
#ifndef SMTP_REPLY_H
#define SMTP_REPLY_H

#include "sys/stream.h"

enum { REPLY_LINE_MAX = 512 };

/* One reply in n lines. enhanced (RFC 3463, RFC 2034) is empty for the greeting, EHLO and
 * 354, which have none. */
int reply_send(struct stream *s, deadline d, unsigned code, str enhanced, const str *lines,
	       size_t n) must_use;
/* Whether an answer of another process may be passed on: 2xx, 4xx or 5xx with an enhanced
 * code of the same class. */
bool reply_valid(uint64_t code, str enhanced);

#endif

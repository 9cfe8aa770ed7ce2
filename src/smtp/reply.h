/* smtp/reply.h - the server's side of the dialogue: code, enhanced code, text.
 *
 * Input    trusted text, or text from another process of ours: CR, LF and bytes outside
 *          printable ASCII and UTF-8 cannot leave through here.
 * Memory   into the stream's output buffer; nothing is sent before it is flushed.
 * Limits   REPLY_LINE_MAX bytes a line (RFC 5321 4.5.3.1.5), longer text is cut.
 *          A client that has not read what was sent before is waited for at most
 *          REPLY_TIMEOUT_MS, since a thread stands still meanwhile.
 * Threads  one at a time for each stream.
 * Errors   as stream_write.
 */
#ifndef SMTP_REPLY_H
#define SMTP_REPLY_H

#include "sys/stream.h"

enum { REPLY_LINE_MAX = 512, REPLY_TIMEOUT_MS = 2000 };

/* One reply in one line. enhanced (RFC 3463, RFC 2034) is empty for the greeting, EHLO and
 * 354, which have none. */
int reply_send(struct stream *s, unsigned code, str enhanced, str text, struct why *why) must_use;
/* The same in n lines. */
int reply_send_lines(struct stream *s, unsigned code, str enhanced, const str *lines, size_t n,
		     struct why *why) must_use;
/* Whether an answer of another process may be passed on: 2xx, 4xx or 5xx with an enhanced
 * code of the same class. */
bool reply_valid(uint64_t code, str enhanced);

#endif

/* store/keptdesk.h - keeps what messages were judged by, for poterne replay, and hands it to the
 * command line.
 *
 * Input    message kept of poterne-scan: opaque bytes; words of a permitted user.
 * Memory   that of records/daybook.h.
 * Limits   conf.replay.
 * Threads  any number.
 * Errors   mail never depends on it: what cannot be kept is counted and logged.
 */
#ifndef STORE_KEPTDESK_H
#define STORE_KEPTDESK_H

#include "store/question.h"
#include "sys/msg.h"

void keptdesk_open(struct store *s, int dirfd);
/* Message kept; swallows fd. -EPROTO: it is none. */
int keptdesk_take(struct store *s, struct arena *a, const struct msg_kept *m, int fd) must_use;
/* What has waited long enough; everything. */
void keptdesk_write(struct store *s);
void keptdesk_write_all(struct store *s);
void keptdesk_expire(struct store *s, int64_t now);

/* The command line: the files by age, a JSON object a line; records of FILE from OFFSET on, each
 * behind its length, and as text where to go on. */
void keptdesk_files(struct question *q);
void keptdesk_read(struct question *q);

#endif

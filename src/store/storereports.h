/* store/storereports.h - reports about our own mail: taken from poterne-scan and from the command
 * line, shown to it.
 *
 * Input    message reported and documents of the command line: decoded, never believed.
 * Memory   that of the question.   Limits  report/reportset.h, records/reportsin.h.
 * Threads  any number.
 * Errors   a message that is none: -EPROTO. Without a database nothing is kept, and said so.
 */
#ifndef STORE_STOREREPORTS_H
#define STORE_STOREREPORTS_H

#include "store/question.h"
#include "sys/msg.h"

/* records/reports-in.db; a broken one is set aside. */
void storereports_open(struct store *s);
/* Message reported; swallows fd. */
int storereports_take(struct store *s, struct arena *a, const struct msg_reported *m, int fd)
	must_use;
void storereports_expire(struct store *s, int64_t now);

/* The command line. */
void storereports_show(struct question *q);
void storereports_tls(struct question *q);
void storereports_import(struct question *q);

#endif

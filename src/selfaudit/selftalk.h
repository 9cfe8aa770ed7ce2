/* selfaudit/selftalk.h - what our own listener says to a stranger: greeting, extensions, and
 * whether it would carry mail from anybody to anybody. No message is sent.
 *
 * Input    the answers of whoever listens there: hostile, made printable.
 * Memory   in the caller's arena.
 * Limits   SELFTALK_LINE bytes a line, SELFTALK_LINES lines an answer, SELFTALK_MS altogether.
 * Threads  one.
 * Errors   spoken is false, and why says it.
 */
#ifndef SELFAUDIT_SELFTALK_H
#define SELFAUDIT_SELFTALK_H

#include "conf/conf.h"

enum { SELFTALK_LINE = 1024, SELFTALK_LINES = 100, SELFTALK_MS = 10000 };

struct selftalk {
	bool spoken, let_in; /* it answered; it did not refuse us by its greeting */
	str why;	     /* it was not */
	str at;		     /* address and port */
	str greeting, ehlo, help, vrfy;
	bool starttls;
	int relay; /* the code of RCPT from a stranger to a stranger */
	str relay_reply;
};

/* With the first listener of the configuration that a client can speak to without a proxy. */
void selftalk_run(struct arena *a, const struct conf *conf, struct selftalk *ret);

#endif

/* scanner/exchange.h - one question and one answer over a connection of its own.
 *
 * Input    the answer is hostile.
 * Memory   buffers and the answer are in the caller's arena.
 * Limits   one deadline for all of it; the caller's maximum of an answer.
 * Threads  one at a time.
 * Errors   negative errno and a why. Who hangs up while we send has perhaps answered already, so
 *          that is an error of exchange_once only; others look at early.
 */
#ifndef SCANNER_EXCHANGE_H
#define SCANNER_EXCHANGE_H

#include "base/arena.h"
#include "conf/conf.h"
#include "sys/stream.h"

enum { EXCHANGE_IN_BYTES = 32 << 10, EXCHANGE_OUT_BYTES = 32 << 10 };

struct exchange {
	struct stream stream;
	deadline until;
	int fd;
	bool early; /* the peer hung up, or spoke, before it had the whole question */
};

/* An answer ends with the connection, as the question does; or with its first line feed. */
enum exchange_end { EXCHANGE_TO_END, EXCHANGE_TO_LINE };

/* What most protocols are: a head, the bytes, an answer. */
struct exchange_question {
	str head, bytes;
	enum exchange_end end;
	size_t max; /* of the answer */
};

int exchange_once(struct arena *a, const struct conf_peer *peer, const struct exchange_question *q,
		  deadline d, str *ret_answer, struct why *why) must_use;

/* For other protocols, its parts. */
int exchange_open(struct exchange *x, struct arena *a, const struct conf_peer *peer, deadline d,
		  struct why *why) must_use;
int exchange_send(struct exchange *x, str bytes, struct why *why) must_use;
/* The question is whole. */
int exchange_ask(struct exchange *x, struct why *why) must_use;
/* A part of it that goes at once, until the peer speaks: who does not read while it answers would
 * wait for us as we for it. */
int exchange_send_heeding(struct exchange *x, str bytes, struct why *why) must_use;
/* Also of one that could not be opened. */
void exchange_close(struct exchange *x);

/* What a stream's outcome means where an answer is waited for: 0 or a negative errno. */
int exchange_error(int r, struct why *why);

#endif

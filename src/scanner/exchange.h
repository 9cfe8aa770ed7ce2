/* scanner/exchange.h - one question and one answer over a connection of its own.
 *
 * Input    the answer is hostile.
 * Memory   buffers and the answer are in the caller's arena.
 * Limits   one deadline for all of it; the caller's maximum of an answer.
 * Threads  one at a time.
 * Errors   negative errno and a why. Who hangs up while we send has perhaps answered already, so
 *          that is said by exchange_answer, or read by who speaks the protocol.
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
	bool hung_up; /* the peer, before it had the whole question */
};

/* An answer ends with the connection, or with its first line feed. */
enum exchange_end { EXCHANGE_TO_END, EXCHANGE_TO_LINE };

int exchange_open(struct exchange *x, struct arena *a, const struct conf_peer *peer, deadline d,
		  struct why *why) must_use;
int exchange_send(struct exchange *x, str bytes, struct why *why) must_use;
/* The question is whole. half_close: say so by closing our direction. */
int exchange_ask(struct exchange *x, bool half_close, struct why *why) must_use;
int exchange_answer(struct exchange *x, struct arena *a, enum exchange_end end, size_t max,
		    str *ret, struct why *why) must_use;
/* Also of one that could not be opened. */
void exchange_close(struct exchange *x);

/* What a stream's outcome means where an answer is waited for: 0 or a negative errno. */
int exchange_error(int r, struct why *why);

#endif

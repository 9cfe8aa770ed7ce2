/* smtp/transaction.h - one message on its way in: envelope, and the memory its bytes go to.
 *
 * Input    parsed values only.
 * Memory   in its own arena, together with the struct itself; the memfd ends with it.
 * Limits   TRANSACTION_BUDGET bytes of envelope, far above what max_recipients allows.
 * Threads  one at a time.
 * Errors   cannot fail.
 */
#ifndef SMTP_TRANSACTION_H
#define SMTP_TRANSACTION_H

#include "base/arena.h"
#include "base/clock.h"
#include "base/strbuf.h"
#include "smtp/data.h"
#include "smtp/esmtp.h"

enum {
	TRANSACTION_BUDGET = 16 << 20,
	/* Recipients and their parameters: with what is added on the way, the envelope still
	 * fits one message between processes (CHAN_MAX_BYTES). */
	TRANSACTION_RCPT_BYTES = 60 << 10,
};

struct transaction {
	struct arena *arena;
	str reverse_path; /* "a@b", or empty: the null path */
	ARENA_VEC(str) recipients;
	ARENA_VEC(str) rcpt_params; /* of each: what it asks of DSNs, or nothing */
	str mail_params;
	bool has_rcpt_params;
	size_t rcpt_bytes;     /* of recipients and rcpt_params */
	bool full;	       /* one recipient too many was refused */
	size_t n_put_off;      /* recipients that got too many notifications */
	size_t n_unlisted;     /* recipients that the table does not have */
	struct strbuf resting; /* arguments of a RCPT that waits */
	struct esmtp params;
	/* From DATA, or the first BDAT, on. */
	struct strbuf bytes; /* of a message that is small so far */
	int fd;		     /* memfd of a larger one, or -1 */
	struct data data;
	int64_t held; /* bytes of memory that were asked for */
	bool too_large, no_room, failed;
	deadline until; /* of the whole message; 0: not begun */
};

struct transaction *transaction_new(void) must_use;
/* Takes NULL; returns NULL. */
struct transaction *transaction_free(struct transaction *t);

#endif

/* audit/watch.h - where messages arrive: a Maildir, a mailbox by IMAP, or our own server.
 *
 * Each of them shows every message once, in no particular order.
 *
 * Input    hostile messages.
 * Memory   as each says; bytes live until take returns.
 * Limits   WATCH_MESSAGE_MAX bytes of one message, more is left out.
 * Threads  one at a time.
 * Errors   negative errno and a why: nothing can be seen there.
 */
#ifndef AUDIT_WATCH_H
#define AUDIT_WATCH_H

#include "base/arena.h"
#include "base/why.h"

enum { WATCH_MESSAGE_MAX = 64 << 20 };

typedef void watch_take_fn(void *ctx, str message);

struct watch {
	void *ctx; /* NULL: nobody watches */
	int (*look)(void *ctx, watch_take_fn *take, void *take_ctx, struct why *why);
};

#endif

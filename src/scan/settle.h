/* scan/settle.h - what becomes of a judged message: handed over directly, spooled, kept in
 * quarantine, or only written into the history.
 *
 * Input    the judgement; answers of relay and store.
 * Memory   in the passage's arena.
 * Limits   the listener's patience with the next hop (delivery.patience), then STORE_MS; both
 *          within what the edge waits.
 * Threads  any number.
 * Errors   what could not be made durable is answered 451 4.3.0, never lost.
 */
#ifndef SCAN_SETTLE_H
#define SCAN_SETTLE_H

#include "keys/signer.h"
#include "scan/direct.h"
#include "scan/passage.h"

struct settler {
	struct lanes *store;
	struct signer signer;
	struct direct direct;
};

/* reply is the verdict's; what is returned is the sender's answer. why is empty, or what went
 * wrong here. */
struct verdict_reply settle(struct settler *s, struct passage *p, struct verdict_reply reply,
			    struct why *why);
/* 451: our own trouble, whatever it is. */
struct verdict_reply settle_temporary(void);

#endif

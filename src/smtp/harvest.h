/* smtp/harvest.h - how many unknown recipients each client has named lately.
 *
 * Who tries names until one is taken makes a directory of the house. So each answer to RCPT comes
 * later the more unknown names its client has tried, on whichever connection, and then an unknown
 * one ends the connection. Known recipients are always taken: a large sender has strangers'
 * mistakes among its mail, and one of its customers must not be able to shut the others out.
 *
 * Input    addresses of clients, from the kernel or a trusted proxy.
 * Memory   smtp/tally.h.
 * Limits   those of smtp/tally.h; HARVEST_MAX names are remembered of a client, each for
 *          HARVEST_FORGET_MS behind the one before; an answer comes HARVEST_DELAY_MAX_MS late at
 *          most. Each edge process counts for itself.
 * Threads  internally locked.
 * Errors   cannot fail.
 */
#ifndef SMTP_HARVEST_H
#define SMTP_HARVEST_H

#include "base/ip.h"
#include "smtp/tally.h"

enum {
	HARVEST_MAX = 100,
	HARVEST_FORGET_MS = 3 * 60 * 1000,
	HARVEST_STEP_MS = 1000, /* each unknown recipient more makes answers so much later */
	HARVEST_DELAY_MAX_MS = 30 * 1000,
};

struct harvest {
	struct tally tally;
};

void harvest_init(struct harvest *h);
/* Unknown recipients of that client (an IPv4 address, an IPv6 /64) that are not forgotten. */
uint32_t harvest_count(struct harvest *h, struct ip client, int64_t now) must_use;
/* One more. */
void harvest_add(struct harvest *h, struct ip client, int64_t now);
/* How long the next answer to RCPT waits after so many; slow_after 0: never. */
int64_t harvest_delay(uint32_t count, uint32_t slow_after) must_use;

#endif

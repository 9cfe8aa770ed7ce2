/* smtp/bounces.h - how many messages of the null reverse-path each recipient was given lately.
 *
 * A forged sender gets the notifications of all that was sent in his name: thousands in a night.
 * So many within an hour are taken, then one each time that its share of the hour has gone by;
 * the others are put off, and a server that means it comes again. Only messages that were taken
 * count: who merely asks whether an address exists (MAIL FROM:<>, RCPT, QUIT) uses up nothing.
 *
 * Input    recipients are hostile.
 * Memory   smtp/tally.h.
 * Limits   those of smtp/tally.h. Messages that come at the same time on several connections may
 *          all be taken before the first is counted.
 * Threads  internally locked.
 * Errors   cannot fail.
 */
#ifndef SMTP_BOUNCES_H
#define SMTP_BOUNCES_H

#include "base/str.h"
#include "smtp/tally.h"

struct bounces {
	struct tally tally;
};

void bounces_init(struct bounces *b);
/* True: the recipient had so many within an hour of now (clock_now_ms) that no more is due. */
bool bounces_full(struct bounces *b, str recipient, uint32_t per_hour, int64_t now) must_use;
/* One was taken. */
void bounces_count(struct bounces *b, str recipient, uint32_t per_hour, int64_t now);

#endif

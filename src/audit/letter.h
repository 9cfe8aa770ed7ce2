/* audit/letter.h - a message of the battery made fit for the gateway it is sent to: its names
 * and dates, and the mark it is known by when it arrives.
 *
 * The battery lives in a DNS world of its own (battery/zone.h). A gateway that asks the real DNS
 * would refuse all of it for that alone, so the neutral senders' domains become the domain of
 * --from, our own domain that of --rcpt, and dates keep their distance from now. The signature of
 * the neutral sender is left out then: it would be broken. As long as names and clock are those
 * of the battery nothing is changed.
 *
 * The mark is not called X-Poterne-...: Poterne takes such fields out of what comes from outside.
 *
 * Input    messages of ours.
 * Memory   in the caller's arena.
 * Limits   none: the messages are ours.   Threads  pure.   Errors  none.
 */
#ifndef AUDIT_LETTER_H
#define AUDIT_LETTER_H

#include "audit/posting.h"
#include "battery/battery.h"

#define LETTER_MARK "X-Mail-Audit"

/* Above this the mark could be what makes a message too big. */
enum { LETTER_MARKED_MAX = 9 << 20 };

struct letter_world {
	str run;  /* id of the run, letters and digits */
	str from; /* sender; empty: as the battery has them */
	str rcpt;
	str helo;    /* ours, when the client cannot be shown; empty: as the battery has them */
	int64_t now; /* wall clock; 0: the battery's */
};

/* True when it can only be judged as the client it is from: an address that is part of the
 * case, or a sender whose own DNS records are. */
bool letter_needs_client(const struct battery_message *m);
/* True when the battery's DNS must be the one that the gateway asks. */
bool letter_needs_zone(const struct letter_world *w, const struct battery_message *m);

void letter_make(struct arena *a, const struct letter_world *w, const struct battery_message *m,
		 struct posting_letter *ret);

/* The id that a message is marked with in this run, or STR_NULL. */
str letter_marked(struct arena *a, str run, str message);

#endif

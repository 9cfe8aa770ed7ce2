/* battery/battery.h - the 174 mails a hardened gateway is tested with, their clean twins and
 * the tension cases, built when they are asked for: nothing a virus scanner would recognise
 * stands in the source or on the disk.
 *
 * Input    trusted: which cases, a seed. The same seed gives the same bytes.
 * Memory   a message lives until the callback returns.
 * Limits   none: the list is ours.
 * Threads  pure.
 * Errors   none.
 */
#ifndef BATTERY_BATTERY_H
#define BATTERY_BATTERY_H

#include "base/arena.h"

/* What may become of a message; expectations are sets of them. */
enum battery_outcome {
	BATTERY_ACCEPT = 1 << 0, /* delivered unmarked */
	BATTERY_FLAG = 1 << 1,	 /* delivered, marked or with the symbol raised */
	BATTERY_DEFER = 1 << 2,
	BATTERY_QUARANTINE = 1 << 3,
	BATTERY_REJECT = 1 << 4
};

struct battery_message {
	str id;		  /* case, variant, wrapping: "T008a-acss", "C-001" */
	str case_id;	  /* "T008" */
	str group;	  /* "attachment" */
	str title;	  /* of the case */
	uint32_t allowed; /* enum battery_outcome */
	str symbols;	  /* "A|B": one of them must be raised; "!A": not A; empty: any will do */
	bool malicious;	  /* delivering it would be a critical failure */
	str client_ip, helo, reverse_path, recipient;
	str bytes;
};

typedef void battery_take_fn(void *ctx, const struct battery_message *m);

/* Calls take for each message whose id begins with prefix (all when it is empty), in order. */
void battery_make(str prefix, uint64_t seed, battery_take_fn *take, void *ctx);

struct battery_case;
/* The cases in order, to be listed. NULL: no more. */
const struct battery_case *battery_case_at(size_t i);
str battery_case_id(const struct battery_case *c);
str battery_case_group(const struct battery_case *c);
str battery_case_title(const struct battery_case *c);

#endif

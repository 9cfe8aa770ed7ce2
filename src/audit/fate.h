/* audit/fate.h - what became of each message of the battery at a gateway that is not ours to look
 * into, and whether that is as it should be.
 *
 * Expectations are those of the battery, with what cannot be seen from outside left out: symbols
 * count only where a field shows them, and a message that was accepted and never came is held.
 * Held is as good as refused. What the gateway took out of a message did not reach the reader.
 *
 * Input    facts of a run.   Memory  rows borrow from the run.   Limits  none.
 * Threads  pure.             Errors  none.
 */
#ifndef AUDIT_FATE_H
#define AUDIT_FATE_H

#include "audit/arrival.h"
#include "audit/posting.h"
#include "battery/battery.h"

enum fate {
	FATE_UNKNOWN,  /* not sent */
	FATE_REFUSED,  /* 5xx */
	FATE_DEFERRED, /* 4xx */
	FATE_ACCEPTED, /* and nobody watched where it went */
	FATE_HELD,     /* accepted, and never came */
	FATE_MARKED,
	FATE_CLEAN,
	FATE_ALTERED,  /* delivered with parts missing or changed */
	FATE_LOST,     /* no answer */
	FATE_DIALOGUE, /* not a message */
	FATE_COUNT
};

enum fate_judgement {
	FATE_PASS,
	FATE_FAIL,
	FATE_DANGER,  /* something harmful came through */
	FATE_UNCLEAR, /* cannot be said from what was seen */
	FATE_SKIPPED, /* cannot be tested from here */
	FATE_JUDGEMENTS
};

struct fate_row {
	str id, case_id, group, title;
	uint32_t allowed; /* enum battery_outcome */
	bool malicious;
	enum fate fate;
	enum fate_judgement judgement;
	enum posting_stage stage;
	int code;
	str text; /* the reply */
	str transcript;
	str note; /* marks, or why it was skipped */
};

/* arrival: NULL when it did not come. */
enum fate fate_of(const struct posting *p, bool watched, const struct arrival *arrival);
enum fate_judgement fate_judge(enum fate fate, uint32_t allowed, bool malicious,
			       const struct arrival *arrival);

const char *fate_name(enum fate f);
const char *fate_judgement_name(enum fate_judgement j);

#endif

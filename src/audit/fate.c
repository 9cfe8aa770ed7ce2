#include "audit/fate.h"

#define STOPPED (BATTERY_REJECT | BATTERY_QUARANTINE)
#define DELIVERED (BATTERY_ACCEPT | BATTERY_FLAG)

static const char *const names[FATE_COUNT] = {
	[FATE_UNKNOWN] = "not sent",  [FATE_REFUSED] = "refused",
	[FATE_DEFERRED] = "deferred", [FATE_ACCEPTED] = "accepted",
	[FATE_HELD] = "held",	      [FATE_MARKED] = "delivered marked",
	[FATE_CLEAN] = "delivered",   [FATE_ALTERED] = "delivered altered",
	[FATE_LOST] = "no answer",    [FATE_DIALOGUE] = "dialogue",
};
static const char *const judgements[FATE_JUDGEMENTS] = {
	[FATE_PASS] = "ok",	    [FATE_FAIL] = "FAIL",	[FATE_DANGER] = "DANGER",
	[FATE_UNCLEAR] = "unclear", [FATE_SKIPPED] = "skipped",
};

const char *fate_name(enum fate f)
{
	return names[f];
}

const char *fate_judgement_name(enum fate_judgement j)
{
	return judgements[j];
}

enum fate fate_of(const struct posting *p, bool watched, const struct arrival *arrival)
{
	/* It does not speak of such clients (IPv6), which says nothing about the message. */
	if (p->stage == POSTING_XCLIENT && p->code == 501)
		return FATE_LOST;
	if (p->code / 100 == 5)
		return FATE_REFUSED;
	if (p->code / 100 == 4)
		return FATE_DEFERRED;
	if (p->stage != POSTING_END || p->code / 100 != 2)
		return FATE_LOST;
	if (!watched)
		return FATE_ACCEPTED;
	if (!arrival)
		return FATE_HELD;
	if (arrival->altered && arrival->kept < arrival->pieces)
		return FATE_ALTERED;
	return arrival->marked ? FATE_MARKED : FATE_CLEAN;
}

/* A mark was asked for: one that only gives points will do, as offline. */
static uint32_t outcome_delivered(enum fate fate, uint32_t allowed, const struct arrival *arrival)
{
	if (fate == FATE_MARKED)
		return BATTERY_FLAG;
	if (!(allowed & BATTERY_ACCEPT) && arrival && arrival->hinted)
		return BATTERY_FLAG;
	return BATTERY_ACCEPT;
}

static enum fate_judgement altered(uint32_t allowed, bool malicious, const struct arrival *arrival)
{
	if (arrival->defused)
		return malicious || !(allowed & DELIVERED) ? FATE_PASS : FATE_FAIL;
	return malicious ? FATE_DANGER : FATE_FAIL;
}

enum fate_judgement fate_judge(enum fate fate, uint32_t allowed, bool malicious,
			       const struct arrival *arrival)
{
	switch (fate) {
	case FATE_REFUSED:
		return allowed & BATTERY_REJECT ? FATE_PASS : FATE_FAIL;
	case FATE_HELD:
		return allowed & STOPPED ? FATE_PASS : FATE_FAIL;
	case FATE_DEFERRED:
		return allowed & BATTERY_DEFER ? FATE_PASS : FATE_UNCLEAR;
	case FATE_MARKED:
	case FATE_CLEAN:
		if (outcome_delivered(fate, allowed, arrival) & allowed)
			return FATE_PASS;
		return malicious ? FATE_DANGER : FATE_FAIL;
	case FATE_ALTERED:
		return altered(allowed, malicious, arrival);
	default:
		return FATE_UNCLEAR;
	}
}

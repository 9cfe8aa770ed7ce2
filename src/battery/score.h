/* battery/score.h - what became of a message, against what was expected.
 *
 * Input    a verdict of our own; evidence is hostile and printed escaped.
 * Memory   in the given arena.
 */
#ifndef BATTERY_SCORE_H
#define BATTERY_SCORE_H

#include "battery/battery.h"
#include "policy/verdict.h"

#include <stdio.h>

struct score_card {
	size_t messages, passed, failed;
	size_t critical; /* malicious and delivered */
	size_t cases, cases_passed;
	str last_case; /* whose variants are being counted */
	bool last_failed;
};

struct score_line {
	uint32_t outcome; /* enum battery_outcome */
	bool passed, missing_symbol, critical;
	str symbols; /* raised, with their points, for the reader */
};

void score_judge(struct score_card *card, struct arena *a, const struct battery_message *m,
		 const struct verdict *v, struct score_line *ret);
/* A case that is not a message. */
void score_count(struct score_card *card, str case_id, bool passed, bool critical);
void score_print(FILE *out, struct arena *a, const struct battery_message *m,
		 const struct score_line *line, bool json);
void score_print_card(FILE *out, struct score_card *card);

#endif

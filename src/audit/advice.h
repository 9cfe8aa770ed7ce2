/* audit/advice.h - what a case that failed means, which rule it concerns, and what to change: for
 * each group, and for the cases that matter most texts of their own.
 *
 * Input    ids and groups of ours.   Memory  static; titles in the caller's arena.
 * Limits   none.   Threads  pure.   Errors  none: an unknown group has empty texts.
 */
#ifndef AUDIT_ADVICE_H
#define AUDIT_ADVICE_H

#include "base/arena.h"

enum advice_lang { ADVICE_EN, ADVICE_FR, ADVICE_LANGS };

struct advice_text {
	const char *in[ADVICE_LANGS];
};

/* NULL: as the group has it. */
struct advice {
	const char *key; /* case or group */
	const char *anssi;
	struct advice_text name, means, poterne, postfix;
};

/* Ends with a row without key. */
extern const struct advice advice_groups[], advice_cases[];

struct advice_translation {
	const char *id, *fr;
};
extern const struct advice_translation advice_titles[];

/* The case's own texts, the group's where it has none. */
struct advice advice_find(str case_id, str group);
str advice_title(struct arena *a, str case_id, str title, enum advice_lang lang);
/* The sheets of the ACSS rules that a case is numbered in; "" when in none. */
const char *advice_acss(str case_id);

#endif

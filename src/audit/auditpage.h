/* audit/auditpage.h - the outcome of an audit as one HTML page that needs nothing else: no script,
 * no font, no picture from elsewhere. It prints well and follows the reader's dark mode.
 *
 * Who has checked something else than a gateway from outside fills struct auditpage himself.
 *
 * Input    text may be hostile: all of it is escaped.
 * Memory   the page is written as it is made.
 * Limits   none: rows are bounded by who made them.
 * Threads  pure.   Errors  those of stdio.
 */
#ifndef AUDIT_AUDITPAGE_H
#define AUDIT_AUDITPAGE_H

#include "audit/advice.h"
#include "audit/auditrun.h"

#include <stdio.h>

struct auditpage_fact {
	str name, value;
};

/* One line of what happened: a variant, and what became of it. */
struct auditpage_line {
	str id, text;
	enum fate_judgement judgement;
	str transcript; /* may be empty */
};

/* Empty texts are left out. */
struct auditpage_item {
	str id, title;
	enum fate_judgement judgement; /* the worst of its lines */
	ARENA_VEC(struct auditpage_line) lines;
	str means, rules, poterne, postfix;
};

struct auditpage_group {
	str name;
	size_t n[FATE_JUDGEMENTS];
	ARENA_VEC(struct auditpage_item) items; /* that are worth a word */
};

struct auditpage {
	enum advice_lang lang;
	str title, subtitle;
	ARENA_VEC(struct auditpage_fact) facts;
	ARENA_VEC(struct auditpage_group) groups;
};

void auditpage_write(FILE *out, const struct auditpage *p);

/* The page of a run. when: "2026-11-22T08:00:00Z". */
struct auditpage auditpage_of_run(struct arena *a, const struct auditrun *run,
				  const struct auditrun_spec *spec, enum advice_lang lang,
				  str when);

#endif

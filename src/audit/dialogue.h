/* audit/dialogue.h - cases that are tested in the dialogue of SMTP alone, or by what it hands on:
 * the open relay (T001) and the cases X.
 *
 * A case is a row of steps. Each step may send bytes and read one reply, and says which replies
 * make the case pass, fail, or impossible to test.
 *
 * Input    hostile server.   Memory  in the caller's arena.
 * Limits   those of audit/talk.h; DIALOGUE_* below.
 * Threads  one at a time.    Errors  in the row.
 */
#ifndef AUDIT_DIALOGUE_H
#define AUDIT_DIALOGUE_H

#include "audit/fate.h"

enum { DIALOGUE_UNKNOWN = 8 };

/* Of every message that a case sends. */
#define DIALOGUE_SUBJECT "Audit"

struct dialogue_wishes {
	str unknown[DIALOGUE_UNKNOWN]; /* recipients that do not exist or may not be written to */
	size_t n_unknown;
	bool slow;   /* cases that take minutes */
	bool stress; /* cases that a gateway feels */
};

struct dialogue_case;

/* In order. NULL: no more. */
const struct dialogue_case *dialogue_at(size_t i);
str dialogue_id(const struct dialogue_case *c);
str dialogue_case_id(const struct dialogue_case *c);
str dialogue_group(const struct dialogue_case *c);
str dialogue_title(const struct dialogue_case *c);

/* The dialogue alone decides it, not what is handed on or how long it takes. */
bool dialogue_is_closed(const struct dialogue_case *c);

struct dialogue_setting {
	const struct talk_target *to;
	str run, from, rcpt;
	bool loopback;	   /* the target is this machine */
	int64_t listen_ms; /* how long a reply that should not come is waited for */
	const struct dialogue_wishes *wishes;
};

/* Judges what a case sent once it has arrived; the row keeps its judgement when that says
 * nothing about it. */
void dialogue_arrived(struct fate_row *row, struct arena *a, str message, const struct arrival *r);

/* Fills judgement, code, text, transcript and note. */
void dialogue_run(const struct dialogue_case *c, const struct dialogue_setting *s, struct arena *a,
		  struct fate_row *ret);

#endif

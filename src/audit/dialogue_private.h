/* audit/dialogue_private.h - what a case of the dialogue is written with. */
#ifndef AUDIT_DIALOGUE_PRIVATE_H
#define AUDIT_DIALOGUE_PRIVATE_H

#include "audit/dialogue.h"
#include "audit/letter.h"
#include "base/clock.h"

enum dialogue_op {
	DIALOGUE_END,
	DIALOGUE_GREETING, /* reads it */
	DIALOGUE_EHLO,	   /* greeting, STARTTLS, XCLIENT and EHLO: ready for MAIL */
	DIALOGUE_CLEAR,	   /* greeting and EHLO, no TLS */
	DIALOGUE_ASK,	   /* a line and its reply */
	DIALOGUE_RAW,	   /* bytes, and no reply is read */
	DIALOGUE_READ,	   /* a reply */
	DIALOGUE_LISTEN,   /* a reply that should not come */
	DIALOGUE_LETTER,   /* a whole message with the mark of the case behind DATA; its reply */
	DIALOGUE_SHAKE,	   /* the TLS handshake */
};

/* Replies are beginnings of codes: "5", "55|450"; "none" is silence, "closed" an end. The first
 * of pass, fail and need that says something about a reply decides; need says which let the case
 * go on, NULL: all. */
struct dialogue_step {
	enum dialogue_op op;
	const char *bytes; /* {rcpt} {from} {sender} {domain} {unknown} {oversize} {zero} are filled
			      in */
	const char *pass, *fail, *need;
};

struct dialogue_case {
	const char *id, *case_id, *group, *title;
	const struct dialogue_step *steps;
	enum fate_judgement bad; /* FAIL or DANGER */
	enum fate_judgement end; /* when the steps are over */
	/* Instead of steps, or NULL. */
	void (*run)(const struct dialogue_case *c, const struct dialogue_setting *s,
		    struct arena *a, struct fate_row *ret);
	/* T001 */
	const char *from, *rcpt;
	bool slow, stress;
	bool open; /* what is handed on, or how the site is set up, decides it */
};

extern const struct dialogue_case dialogue_relay[], dialogue_scripts[], dialogue_customs[],
	dialogue_helos[], dialogue_volume[];

/* Who the gateway takes us for, where XCLIENT lets us say so: somebody it has no reason to trust,
 * and the neutral sender of the battery. */
#define DIALOGUE_STRANGER "203.0.113.66"
#define DIALOGUE_PARTNER "192.0.2.10"
/* From greeting to EHLO as that client; true when MAIL may come. helo: NULL is our name. */
bool dialogue_ready(struct talk *t, const struct dialogue_setting *s, struct arena *a,
		    const char *client, const char *helo, struct smtpreply *reply);
/* The text with its names filled in. */
str dialogue_expand(struct arena *a, const struct dialogue_setting *s, const struct talk *t,
		    const char *text);
/* Whole and dot-stuffed, with its final dot. */
str dialogue_letter(struct arena *a, const struct dialogue_setting *s, const char *id,
		    const char *extra, const char *body);
void dialogue_say(struct fate_row *ret, enum fate_judgement j, str note);

#endif

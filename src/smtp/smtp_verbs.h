/* smtp/smtp_verbs.h - the commands of SMTP: one row each in smtp_verbs[], one file verb_x.c.
 *
 * Input    hostile: args is what stands behind the verb, of valid UTF-8 without control
 *          characters, and points into the line.
 * Memory   a verb copies what it keeps.
 * Limits   the line's.
 * Threads  as the session.
 * Errors   a verb answers the client itself, once.
 */
#ifndef SMTP_SMTP_VERBS_H
#define SMTP_SMTP_VERBS_H

#include "smtp/smtpsession.h"

/* What a client may send behind a command before it is answered. */
enum smtp_verb_behind {
	SMTP_VERB_COMMANDS, /* once PIPELINING was offered (RFC 2920 3.1) */
	SMTP_VERB_NOTHING,
	SMTP_VERB_BYTES, /* it always has its bytes behind it */
};

struct smtp_verb {
	const char *name;
	unsigned states;			      /* SMTPSESSION_* in which it may come */
	void (*run)(struct smtpsession *s, str args); /* NULL: known, but not offered here */
	enum smtp_verb_behind behind;
};

/* NULL when there is no such verb. Case does not matter (RFC 5321 2.4). */
const struct smtp_verb *smtp_verbs_find(str name);

void verb_bdat(struct smtpsession *s, str args);
void verb_data(struct smtpsession *s, str args);
void verb_ehlo(struct smtpsession *s, str args);
void verb_ehlo_helo(struct smtpsession *s, str args);
void verb_help(struct smtpsession *s, str args);
void verb_mail(struct smtpsession *s, str args);
void verb_noop(struct smtpsession *s, str args);
void verb_quit(struct smtpsession *s, str args);
void verb_rcpt(struct smtpsession *s, str args);
void verb_rset(struct smtpsession *s, str args);
void verb_starttls(struct smtpsession *s, str args);
void verb_vrfy(struct smtpsession *s, str args);
void verb_xclient(struct smtpsession *s, str args);

#endif

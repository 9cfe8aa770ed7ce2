#include "smtp/smtp_verbs.h"

/* RSET (RFC 5321 4.1.1.5). */
void verb_rset(struct smtpsession *s, str args)
{
	if (args.n) {
		smtpsession_refuse(s, 501, STR("5.5.4"), STR("RSET has no argument"), args);
		return;
	}
	smtpsession_reset(s);
	smtpsession_reply(s, 250, STR("2.0.0"), STR("OK"));
}

#include "smtp/smtp_verbs.h"

/* VRFY String (RFC 5321 4.1.1.6): the same answer for everyone, so nothing is learnt by
 * asking (RFC 5321 7.3). */
void verb_vrfy(struct smtpsession *s, str args)
{
	if (args.n == 0) {
		smtpsession_refuse(s, 501, STR("5.5.4"), STR("VRFY needs an address"), args);
		return;
	}
	smtpsession_reply(s, 252, STR("2.1.5"), STR("Not verified; mail for it is tried"));
}

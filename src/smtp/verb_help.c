#include "smtp/smtp_verbs.h"

/* HELP [String] (RFC 5321 4.1.1.8). */
void verb_help(struct smtpsession *s, str args)
{
	(void)args;
	smtpsession_reply(s, 214, STR("2.0.0"), STR("See RFC 5321; people write to postmaster"));
}

#include "smtp/smtp_verbs.h"

/* NOOP [string] (RFC 5321 4.1.1.9). */
void verb_noop(struct smtpsession *s, str args)
{
	(void)args;
	smtpsession_reply(s, 250, STR("2.0.0"), STR("OK"));
}

#include "smtp/smtp_verbs.h"

/* BDAT (RFC 3030) is not offered. The bytes of a message stand behind it at once, so the
 * session ends: they must never be read as commands. */
void verb_bdat(struct smtpsession *s, str args)
{
	smtpsession_refuse(s, 502, STR("5.5.1"), STR("Command not offered here"), args);
	smtpsession_over(s, "BDAT, which was not offered");
}

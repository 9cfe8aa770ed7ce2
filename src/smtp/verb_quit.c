#include "smtp/smtp_verbs.h"

/* QUIT (RFC 5321 4.1.1.10). */
void verb_quit(struct smtpsession *s, str args)
{
	if (args.n) {
		smtpsession_refuse(s, 501, STR("5.5.4"), STR("QUIT has no argument"), args);
		return;
	}
	smtpsession_reply(s, 221, STR("2.0.0"), STR("Goodbye"));
	smtpsession_over(s, "quit");
}

#include "smtp/smtp_verbs.h"

enum {
	ANY = SMTPSESSION_START | SMTPSESSION_READY | SMTPSESSION_MAIL | SMTPSESSION_RCPT |
	      SMTPSESSION_CHUNKS,
	IDLE = SMTPSESSION_START | SMTPSESSION_READY,
	GREETED = SMTPSESSION_READY | SMTPSESSION_MAIL | SMTPSESSION_RCPT,
	IN_MAIL = SMTPSESSION_MAIL | SMTPSESSION_RCPT,
};

static const struct smtp_verb smtp_verbs[] = {
	{ "EHLO", ANY, verb_ehlo, SMTP_VERB_NOTHING },
	{ "HELO", ANY, verb_ehlo_helo, SMTP_VERB_NOTHING },
	{ "MAIL", SMTPSESSION_READY, verb_mail, SMTP_VERB_COMMANDS },
	{ "RCPT", IN_MAIL, verb_rcpt, SMTP_VERB_COMMANDS },
	{ "DATA", IN_MAIL, verb_data, SMTP_VERB_NOTHING },
	{ "RSET", ANY, verb_rset, SMTP_VERB_COMMANDS },
	{ "NOOP", ANY, verb_noop, SMTP_VERB_COMMANDS },
	{ "QUIT", ANY, verb_quit, SMTP_VERB_COMMANDS },
	{ "VRFY", ANY, verb_vrfy, SMTP_VERB_COMMANDS },
	{ "HELP", ANY, verb_help, SMTP_VERB_COMMANDS },
	/* Whatever is behind STARTTLS is thrown away: see there. */
	{ "STARTTLS", GREETED, verb_starttls, SMTP_VERB_BYTES },
	{ "BDAT", ANY, verb_bdat, SMTP_VERB_BYTES },
	{ "XCLIENT", IDLE, verb_xclient, SMTP_VERB_COMMANDS },
	/* Others' extensions and history: known, so the answer is 502 and not 500. */
	{ "AUTH", ANY, NULL, SMTP_VERB_COMMANDS },
	{ "ETRN", ANY, NULL, SMTP_VERB_COMMANDS },
	{ "EXPN", ANY, NULL, SMTP_VERB_COMMANDS },
	{ "SAML", ANY, NULL, SMTP_VERB_COMMANDS },
	{ "SEND", ANY, NULL, SMTP_VERB_COMMANDS },
	{ "SOML", ANY, NULL, SMTP_VERB_COMMANDS },
	{ "TURN", ANY, NULL, SMTP_VERB_COMMANDS },
};

const struct smtp_verb *smtp_verbs_find(str name)
{
	for (size_t i = 0; i < ARRAY_LEN(smtp_verbs); i++) {
		if (str_caseeq(name, str_c(smtp_verbs[i].name)))
			return &smtp_verbs[i];
	}
	return NULL;
}

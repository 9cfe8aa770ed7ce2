#include "smtp/smtp_verbs.h"

enum {
	ANY = SMTPSESSION_START | SMTPSESSION_READY | SMTPSESSION_MAIL | SMTPSESSION_RCPT,
	GREETED = ANY & ~SMTPSESSION_START,
	IN_MAIL = SMTPSESSION_MAIL | SMTPSESSION_RCPT,
};

static const struct smtp_verb smtp_verbs[] = {
	{ "EHLO", ANY, verb_ehlo },
	{ "HELO", ANY, verb_ehlo_helo },
	{ "MAIL", SMTPSESSION_READY, verb_mail },
	{ "RCPT", IN_MAIL, verb_rcpt },
	{ "DATA", IN_MAIL, verb_data },
	{ "RSET", ANY, verb_rset },
	{ "NOOP", ANY, verb_noop },
	{ "QUIT", ANY, verb_quit },
	{ "VRFY", ANY, verb_vrfy },
	{ "HELP", ANY, verb_help },
	{ "STARTTLS", GREETED, verb_starttls },
	{ "BDAT", ANY, verb_bdat },
	/* Others' extensions and history: known, so the answer is 502 and not 500. */
	{ "AUTH", ANY, NULL },
	{ "ETRN", ANY, NULL },
	{ "EXPN", ANY, NULL },
	{ "SAML", ANY, NULL },
	{ "SEND", ANY, NULL },
	{ "SOML", ANY, NULL },
	{ "TURN", ANY, NULL },
};

const struct smtp_verb *smtp_verbs_find(str name)
{
	for (size_t i = 0; i < ARRAY_LEN(smtp_verbs); i++) {
		if (str_caseeq(name, str_c(smtp_verbs[i].name)))
			return &smtp_verbs[i];
	}
	return NULL;
}

#include "mail/address.h"
#include "smtp/smtp_verbs.h"
#include "tls/tlsstream.h"

static void refuse_path(struct smtpsession *s, int error, str args)
{
	if (error == ADDRESS_E_UTF8)
		smtpsession_refuse(s, 553, STR("5.6.7"), STR("This address needs SMTPUTF8"), args);
	else if (error == ADDRESS_E_LENGTH)
		smtpsession_refuse(s, 553, STR("5.1.7"), STR("The sender's address is too long"),
				   args);
	else
		smtpsession_refuse(s, 553, STR("5.1.7"), STR("The sender's address is not valid"),
				   args);
}

static void refuse_params(struct smtpsession *s, int error, str args)
{
	if (error == ESMTP_E_UNKNOWN)
		smtpsession_refuse(s, 555, STR("5.5.4"),
				   STR("A parameter of MAIL is not supported"), args);
	else
		smtpsession_refuse(s, 501, STR("5.5.4"),
				   STR("The parameters of MAIL are not valid"), args);
}

static void refuse_size(struct smtpsession *s, str args)
{
	char text[96];

	snprintf(text, sizeof(text), "Messages of more than %llu bytes are not accepted",
		 (unsigned long long)s->policy->conf->smtp.max_message_bytes);
	smtpsession_refuse(s, 552, STR("5.3.4"), str_c(text), args);
}

/* The address is read under SMTPUTF8 rules when that is anywhere among the parameters,
 * which stand behind it (RFC 6531 3.4). */
static bool wants_utf8(str args)
{
	size_t end = str_rchr(args, '>');

	return end != STR_NONE && str_casefind(str_skip(args, end), STR(" SMTPUTF8")) != STR_NONE;
}

/* What is passed on of the parameters, as they stood. */
static void keep_params(struct transaction *t)
{
	struct strbuf text = strbuf_make(t->arena, DSNPARAMS_MAIL_MAX);

	dsnparams_put_mail(&text, t->params.dsn);
	t->mail_params = strbuf_str(&text);
}

/* Sets the sender, or answers; true when it was set. */
static bool take_sender(struct smtpsession *s, struct transaction *t, str path, str args)
{
	struct strbuf text = strbuf_make(t->arena, 2 * ADDRESS_LOCAL_MAX + ADDRESS_DOMAIN_MAX + 3);
	struct address from;
	str rest;
	int r = address_parse_path(t->arena, path, wants_utf8(path), &from, &rest);

	if (r != ADDRESS_OK) {
		refuse_path(s, r, args);
		return false;
	}
	r = esmtp_parse_mail(rest, &t->params);
	if (r != ESMTP_OK) {
		refuse_params(s, r, args);
		return false;
	}
	if (t->params.size > s->policy->conf->smtp.max_message_bytes) {
		refuse_size(s, args);
		return false;
	}
	if (t->params.requiretls && !tlsstream_active(s->io)) {
		smtpsession_refuse(s, 530, STR("5.7.10"),
				   STR("REQUIRETLS is offered after STARTTLS"), args);
		return false;
	}
	keep_params(t);
	address_put(&text, from);
	t->reverse_path = strbuf_str(&text);
	return true;
}

/* "MAIL FROM:" Reverse-path [SP Mail-parameters] (RFC 5321 4.1.1.2). Space before the
 * path is against the grammar, but old programs that bring real mail send it. */
void verb_mail(struct smtpsession *s, str args)
{
	struct transaction *t;

	if (!str_casestarts(args, STR("FROM:"))) {
		smtpsession_refuse(s, 501, STR("5.5.4"), STR("MAIL FROM:<address> is expected"),
				   args);
		return;
	}
	if (!smtpsession_may_send(s)) {
		smtpsession_refuse(s, 554, STR("5.7.1"), STR("You may not send here"), args);
		return;
	}
	t = transaction_new();
	if (!take_sender(s, t, str_trim(str_skip(args, 5)), args)) {
		transaction_free(t);
		return;
	}
	s->mail = t;
	s->state = SMTPSESSION_MAIL;
	smtpsession_reply(s, 250, STR("2.1.0"), STR("Sender OK"));
}

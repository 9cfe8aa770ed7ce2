#include "dsn/dsntext.h"

#include "base/clock.h"
#include "base/utf8.h"

struct words {
	const char *subject; /* ASCII, so that it needs no encoding */
	const char *opening, *closing;
};

static const struct words english[DSN_ACTIONS] = {
	[DSN_FAILED] = { "Your message was not delivered",
			 "Your message could not be delivered to these recipients:",
			 "It will not be tried again. Please check the address; if it is right,\r\n"
			 "ask the recipient in another way, or your own mail administrator." },
	[DSN_DELAYED] = { "Your message is delayed",
			  "Your message has not been delivered yet to these recipients:",
			  "You need not send it again: it is tried on and on. You will be told "
			  "if\r\n"
			  "it has to be given up." },
	[DSN_DELIVERED] = { "Your message was delivered",
			    "Your message was delivered to these recipients, as you asked to be "
			    "told:",
			    "" },
	[DSN_RELAYED] = { "Your message was passed on",
			  "Your message was passed on to a server that reports no deliveries:",
			  "No further notification will come from there." },
};

static const struct words french[DSN_ACTIONS] = {
	[DSN_FAILED] = { "Votre message n'a pu parvenir au destinataire",
			 "Votre message n'a pas pu être remis aux destinataires suivants :",
			 "Aucun nouvel essai ne sera fait. Vérifiez l'adresse ; si elle est "
			 "juste,\r\n"
			 "prévenez le destinataire par un autre moyen, ou demandez conseil à "
			 "votre\r\n"
			 "administrateur de messagerie." },
	[DSN_DELAYED] = { "La remise de votre message est en retard",
			  "Votre message n'a pas encore été remis aux destinataires suivants :",
			  "Il est inutile de l'envoyer de nouveau : les essais continuent. Vous "
			  "serez\r\n"
			  "averti s'il faut y renoncer." },
	[DSN_DELIVERED] = { "Avis de remise de votre message",
			    "Comme vous l'avez demandé, voici les destinataires qui ont reçu "
			    "votre\r\n"
			    "message :",
			    "" },
	[DSN_RELAYED] = { "Avis de transmission de votre message",
			  "Votre message a été transmis à un serveur qui n'envoie pas d'avis de\r\n"
			  "remise :",
			  "Aucun autre avis ne viendra de lui." },
};

const char *dsntext_subject(const struct dsn_report *r)
{
	return (r->french ? french : english)[r->action].subject;
}

static void put_safe(struct strbuf *out, str s)
{
	if (!utf8_valid(s)) {
		strbuf_printable(out, s);
		return;
	}
	for (size_t i = 0; i < s.n; i++)
		strbuf_char(out, (unsigned char)s.p[i] < ' ' || s.p[i] == 127 ? ' ' : s.p[i]);
}

static void put_recipients(struct strbuf *out, const struct dsn_report *r, bool in_french)
{
	for (size_t i = 0; i < r->n && i < DSN_TEXT_RECIPIENTS; i++) {
		const struct dsn_recipient *one = &r->recipients[i];

		strbuf_put(out, STR("    "));
		put_safe(out, one->address);
		strbuf_put(out, STR("\r\n"));
		if (one->expired)
			strbuf_put(out, in_french
						? STR("        délai de remise dépassé\r\n")
						: STR("        the time for delivery is over\r\n"));
		if (one->diagnostic.n) {
			strbuf_put(out, in_french ? STR("        réponse du serveur : ")
						  : STR("        the server said: "));
			put_safe(out, str_sub(one->diagnostic, 0, DSN_DIAGNOSTIC_MAX));
			strbuf_put(out, STR("\r\n"));
		}
	}
	if (r->n > DSN_TEXT_RECIPIENTS)
		strbuf_fmt(out, in_french ? "    et %zu autres\r\n" : "    and %zu more\r\n",
			   r->n - DSN_TEXT_RECIPIENTS);
}

static void put_in(struct strbuf *out, const struct dsn_report *r, bool in_french)
{
	const struct words *w = in_french ? &french[r->action] : &english[r->action];

	strbuf_fmt(out, "%s\r\n\r\n", w->opening);
	put_recipients(out, r, in_french);
	if (r->action == DSN_DELAYED && r->retry_until) {
		strbuf_put(out, in_french ? STR("\r\nEssais jusqu'au : ")
					  : STR("\r\nIt is tried until: "));
		clock_put_rfc5322(out, r->retry_until);
		strbuf_put(out, STR("\r\n"));
	}
	if (w->closing[0])
		strbuf_fmt(out, "\r\n%s\r\n", w->closing);
	strbuf_fmt(out,
		   in_french ? "\r\n%.*s, service de distribution du courrier\r\n"
			     : "\r\n%.*s, mail delivery service\r\n",
		   STR_ARG(r->hostname));
}

void dsntext_put(struct strbuf *out, const struct dsn_report *r)
{
	if (r->french) {
		put_in(out, r, true);
		strbuf_put(out, STR("\r\n----\r\n\r\n"));
	}
	put_in(out, r, false);
}

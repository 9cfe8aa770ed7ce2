#include "scan/exportletter.h"

#include "base/base64.h"
#include "base/clock.h"
#include "policy/explain.h"

enum { HOUR_S = 3600, LINE_BYTES = 57 /* 76 characters of base64 (RFC 2045 6.8) */ };

bool exportletter_may(struct exportletter_rate *r, uint32_t most, int64_t now,
		      uint32_t *ret_left_out)
{
	if (r->hour != now / HOUR_S) {
		r->hour = now / HOUR_S;
		r->sent = 0;
	}
	if (r->sent >= most) {
		r->left_out++;
		return false;
	}
	r->sent++;
	*ret_left_out = r->left_out;
	r->left_out = 0;
	return true;
}

str exportletter_from(struct arena *a, str hostname)
{
	return arena_fmt(a, "poterne@%.*s", STR_ARG(hostname));
}

str exportletter_subject(struct arena *a, const struct exportletter *l)
{
	return arena_fmt(a, "Poterne: %s %.*s", action_name(l->verdict->action),
			 STR_ARG(l->env->mid));
}

static void put_line(struct strbuf *b, const char *label, str value)
{
	strbuf_fmt(b, "%s: ", label);
	strbuf_printable(b, str_sub(value, 0, 320));
	strbuf_char(b, '\n');
}

static void put_envelope(struct strbuf *b, const struct exportletter *l)
{
	const struct envelope *e = l->env;
	bool fr = l->conf->lang == CONF_LANG_FR;

	put_line(b, fr ? "Expéditeur" : "Sender", e->reverse_path.n ? e->reverse_path : STR("<>"));
	for (size_t i = 0; i < e->n_recipients && i < EXPORTLETTER_RECIPIENTS; i++)
		put_line(b, fr ? "Destinataire" : "Recipient", e->recipients[i]);
	if (e->n_recipients > EXPORTLETTER_RECIPIENTS)
		strbuf_fmt(b, "(%zu)\n", e->n_recipients);
	put_line(b, fr ? "Client" : "Client", e->client_ip);
}

static str text_of(struct arena *a, const struct exportletter *l)
{
	struct strbuf b = strbuf_make(a, EXPORTLETTER_TEXT), words = strbuf_make(a, 8192);
	bool fr = l->conf->lang == CONF_LANG_FR;

	put_envelope(&b, l);
	strbuf_char(&b, '\n');
	explain_put(&words, l->verdict, l->conf->lang);
	strbuf_put(&b, strbuf_str(&words));
	strbuf_fmt(&b, "\n%s: poterne explain %.*s\n", fr ? "Plus" : "More", STR_ARG(l->env->mid));
	if (l->left_out)
		strbuf_fmt(&b,
			   fr ? "\nAvant celui-ci, %u messages n'ont pas eu de lettre (rate).\n"
			      : "\nBefore this one, %u messages had no letter (rate).\n",
			   l->left_out);
	return strbuf_str(&b);
}

str exportletter_make(struct arena *a, const struct exportletter *l)
{
	struct strbuf b = strbuf_make(a, 4 * EXPORTLETTER_TEXT);
	str host = l->conf->hostname, text = text_of(a, l);
	str from = exportletter_from(a, host), subject = exportletter_subject(a, l);

	strbuf_fmt(&b,
		   "From: Poterne <%.*s>\r\nTo: <%.*s>\r\nSubject: %.*s\r\nDate: ", STR_ARG(from),
		   STR_ARG(l->to), STR_ARG(subject));
	clock_put_rfc5322(&b, l->now);
	strbuf_fmt(&b,
		   "\r\nMessage-ID: <export-%.*s@%.*s>\r\nAuto-Submitted: auto-generated\r\n"
		   "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"
		   "Content-Transfer-Encoding: base64\r\n\r\n",
		   STR_ARG(l->env->mid), STR_ARG(host));
	for (; text.n; text = str_skip(text, LINE_BYTES)) {
		base64_encode(&b, str_sub(text, 0, LINE_BYTES));
		strbuf_put(&b, STR("\r\n"));
	}
	return strbuf_str(&b);
}

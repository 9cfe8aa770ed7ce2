#include "audit/dialogue_private.h"

#include "tls/tlsstream.h"

#include <errno.h>

enum { EXPANDED_MAX = 64 << 10 };

static const struct dialogue_case *const families[] = { dialogue_relay, dialogue_scripts,
							dialogue_helos, dialogue_customs,
							dialogue_volume };

const struct dialogue_case *dialogue_at(size_t i)
{
	for (size_t f = 0; f < ARRAY_LEN(families); f++) {
		for (const struct dialogue_case *c = families[f]; c->id; c++) {
			if (i-- == 0)
				return c;
		}
	}
	return NULL;
}

str dialogue_id(const struct dialogue_case *c)
{
	return str_c(c->id);
}

str dialogue_case_id(const struct dialogue_case *c)
{
	return str_c(c->case_id);
}

str dialogue_group(const struct dialogue_case *c)
{
	return str_c(c->group);
}

str dialogue_title(const struct dialogue_case *c)
{
	return str_c(c->title);
}

bool dialogue_is_closed(const struct dialogue_case *c)
{
	return !c->open && !c->slow && !c->stress;
}

void dialogue_say(struct fate_row *ret, enum fate_judgement j, str note)
{
	ret->judgement = j;
	ret->note = note;
}

static str domain_of(str address)
{
	size_t at = str_rchr(address, '@');

	return at == STR_NONE ? STR("") : str_skip(address, at + 1);
}

/* "220 NAME ...": what the gateway calls itself. */
static str host_of(const struct smtpreply *greeting)
{
	str said = str_skip(smtpreply_text(greeting), 4);

	return str_sub(said, 0, str_chr(said, ' '));
}

static void put_value(struct strbuf *b, const struct dialogue_setting *s, const struct talk *t,
		      str key)
{
	if (str_eq(key, STR("rcpt")))
		strbuf_put(b, s->rcpt);
	else if (str_eq(key, STR("from")))
		strbuf_put(b, s->from);
	else if (str_eq(key, STR("sender")))
		strbuf_put(b, domain_of(s->from));
	else if (str_eq(key, STR("domain")))
		strbuf_put(b, domain_of(s->rcpt));
	else if (str_eq(key, STR("unknown")))
		strbuf_fmt(b, "poterne-audit-%.*s@%.*s", STR_ARG(str_sub(s->run, 0, 8)),
			   STR_ARG(domain_of(s->rcpt)));
	else if (str_eq(key, STR("oversize")))
		strbuf_fmt(b, "%llu", (unsigned long long)t->size_max + 1);
	else if (str_eq(key, STR("run")))
		strbuf_put(b, s->run);
	else if (str_eq(key, STR("host")))
		strbuf_put(b, host_of(&t->greeting));
	else if (str_eq(key, STR("zero")))
		strbuf_char(b, 0);
}

str dialogue_expand(struct arena *a, const struct dialogue_setting *s, const struct talk *t,
		    const char *text)
{
	struct strbuf b = strbuf_make(a, EXPANDED_MAX);
	str rest = str_c(text);

	while (rest.n) {
		size_t open = str_chr(rest, '{'), close = str_chr(rest, '}');

		strbuf_put(&b, str_sub(rest, 0, open));
		if (open == STR_NONE || close == STR_NONE || close < open)
			break;
		put_value(&b, s, t, str_sub(rest, open + 1, close));
		rest = str_skip(rest, close + 1);
	}
	return strbuf_str(&b);
}

str dialogue_letter(struct arena *a, const struct dialogue_setting *s, const char *id,
		    const char *extra, const char *body)
{
	struct strbuf b = strbuf_make(a, EXPANDED_MAX);

	strbuf_fmt(&b, LETTER_MARK ": %.*s %s\r\n", STR_ARG(s->run), id);
	strbuf_put(&b, STR("Date: "));
	clock_put_rfc5322(&b, clock_wall());
	strbuf_fmt(&b,
		   "\r\nFrom: <%.*s>\r\nTo: <%.*s>\r\nSubject: " DIALOGUE_SUBJECT
		   "\r\nMessage-ID: <%.*s.%s@%.*s>\r\n%s\r\n%s\r\n.\r\n",
		   STR_ARG(s->from), STR_ARG(s->rcpt), STR_ARG(s->run), id,
		   STR_ARG(domain_of(s->from)), extra, body);
	return strbuf_str(&b);
}

bool dialogue_ready(struct talk *t, const struct dialogue_setting *s, struct arena *a,
		    const char *client, const char *helo, struct smtpreply *reply)
{
	int r = talk_greeting(t, reply);

	if (r == TALK_OK && reply->code == 220)
		r = talk_hello(t, s->to->name, reply);
	if (r == TALK_OK && reply->code == 250 && t->ext & TALK_STARTTLS && s->to->tls_ctx) {
		r = talk_starttls(t, reply);
		if (r == TALK_OK && t->tls)
			r = talk_hello(t, s->to->name, reply);
	}
	if (r == TALK_OK && t->ext & TALK_XCLIENT) {
		r = talk_xclient(t, str_c(client), STR("mail.partner.example"), reply);
		if (r == TALK_OK && reply->code == 220)
			r = talk_hello(t, s->to->name, reply);
	}
	if (r == TALK_OK && reply->code / 100 == 2 && helo)
		r = talk_hello(t, dialogue_expand(a, s, t, helo), reply);
	return r == TALK_OK && reply->code / 100 == 2;
}

/* "5|250|none": beginnings of codes. */
static bool fits(const char *patterns, int error, int code)
{
	str rest = str_c(patterns), one;
	char text[16];
	int n = snprintf(text, sizeof(text), "%s",
			 error == TALK_E_SILENT ? "none"
			 : error != TALK_OK	? "closed"
						: "");

	if (error == TALK_OK)
		n = snprintf(text, sizeof(text), "%d", code);
	while (rest.n && str_split(&rest, '|', &one)) {
		if (str_starts(str_of(text, (size_t)n), one))
			return true;
	}
	return false;
}

static int step(const struct dialogue_step *p, const struct dialogue_case *c,
		const struct dialogue_setting *s, struct talk *t, struct arena *a,
		struct smtpreply *reply)
{
	str bytes = dialogue_expand(a, s, t, p->bytes ? p->bytes : "");
	int r;

	*reply = (struct smtpreply){ 0 };
	switch (p->op) {
	case DIALOGUE_GREETING:
		return talk_greeting(t, reply);
	case DIALOGUE_EHLO:
		return dialogue_ready(t, s, a, c->rcpt ? DIALOGUE_STRANGER : DIALOGUE_PARTNER,
				      p->bytes, reply) ||
				       reply->code
			       ? TALK_OK
			       : TALK_E_CLOSED;
	case DIALOGUE_CLEAR:
		r = talk_greeting(t, reply);
		return r == TALK_OK ? talk_hello(t, s->to->name, reply) : r;
	case DIALOGUE_ASK:
		return talk_ask(t, bytes, reply);
	case DIALOGUE_RAW:
		return talk_send(t, bytes);
	case DIALOGUE_READ:
		return talk_reply(t, s->to->timeout_ms, reply);
	case DIALOGUE_LISTEN:
		return talk_reply(t, s->listen_ms, reply);
	case DIALOGUE_LETTER:
		r = talk_ask(t, STR("DATA"), reply);
		if (r != TALK_OK || reply->code != 354)
			return r;
		r = talk_send(t,
			      dialogue_letter(a, s, c->id, bytes.p ? bytes.p : "", "Audit.\r\n"));
		return r == TALK_OK ? talk_reply(t, 2 * s->to->timeout_ms, reply) : r;
	case DIALOGUE_SHAKE:
		(void)stream_discard_input(&t->io);
		r = tlsstream_connect(&t->io, s->to->tls_ctx, s->to->host,
				      deadline_in(s->to->timeout_ms), NULL);
		return r < 0 ? TALK_E_TLS : TALK_OK;
	case DIALOGUE_END:
		break;
	}
	return TALK_OK;
}

static str said(struct arena *a, int error, const struct smtpreply *reply)
{
	return error == TALK_OK ? arena_str(a, smtpreply_text(reply)) : str_c(talk_trouble(error));
}

/* True: the case is decided. */
static bool decide(const struct dialogue_step *p, const struct dialogue_case *c, int error,
		   const struct smtpreply *reply, struct arena *a, struct fate_row *ret)
{
	if (p->op == DIALOGUE_RAW)
		return false;
	ret->code = reply->code;
	ret->text = said(a, error, reply);
	if (p->pass && fits(p->pass, error, reply->code))
		dialogue_say(ret, FATE_PASS,
			     p->op == DIALOGUE_LISTEN && error == TALK_E_SILENT
				     ? STR("nothing more was answered")
				     : ret->text);
	else if (p->fail && fits(p->fail, error, reply->code))
		dialogue_say(ret, c->bad, ret->text);
	else if (error != TALK_OK || (p->need && !fits(p->need, error, reply->code)))
		dialogue_say(ret, FATE_UNCLEAR, ret->text);
	else
		return false;
	return true;
}

static void run_steps(const struct dialogue_case *c, const struct dialogue_setting *s,
		      struct talk *t, struct arena *a, struct fate_row *ret)
{
	dialogue_say(ret, c->end, STR(""));
	for (const struct dialogue_step *p = c->steps; p->op != DIALOGUE_END; p++) {
		struct smtpreply reply;
		int r = step(p, c, s, t, a, &reply);

		if (decide(p, c, r, &reply, a, ret))
			return;
	}
}

/* 454: Postfix, where relaying is refused for the time being only (defer_unauth_destination). */
static const struct dialogue_step relay_steps[] = {
	{ DIALOGUE_EHLO, NULL, NULL, NULL, "2" },
	{ DIALOGUE_ASK, "MAIL FROM:<%>", "5", NULL, "2" },
	{ DIALOGUE_ASK, "RCPT TO:<%>", "5|454", "2", "2" },
	{ DIALOGUE_END },
};

/* Stops before DATA: a server that would relay sends nothing. */
static void run_relay(const struct dialogue_case *c, const struct dialogue_setting *s,
		      struct talk *t, struct arena *a, struct fate_row *ret)
{
	struct dialogue_step steps[ARRAY_LEN(relay_steps)];
	struct dialogue_case with = *c;

	memcpy(steps, relay_steps, sizeof(steps));
	steps[1].bytes = arena_fmt(a, "MAIL FROM:<%s>", c->from).p;
	steps[2].bytes = arena_fmt(a, "RCPT TO:<%s>", c->rcpt).p;
	with.steps = steps;
	run_steps(&with, s, t, a, ret);
	/* A gateway may relay for the machine it runs on. */
	if (ret->judgement == FATE_DANGER && !(t->ext & TALK_XCLIENT) && s->loopback)
		dialogue_say(ret, FATE_UNCLEAR,
			     STR("it may trust this machine: test from another one"));
}

static bool wanted(const struct dialogue_case *c, const struct dialogue_wishes *w,
		   struct fate_row *ret)
{
	if (c->slow && !w->slow)
		dialogue_say(ret, FATE_SKIPPED, STR("takes minutes: --slow"));
	else if (c->stress && !w->stress)
		dialogue_say(ret, FATE_SKIPPED, STR("puts a load on the gateway: --stress"));
	else
		return true;
	return false;
}

void dialogue_run(const struct dialogue_case *c, const struct dialogue_setting *s, struct arena *a,
		  struct fate_row *ret)
{
	struct talk t;

	ret->fate = FATE_DIALOGUE;
	if (!wanted(c, s->wishes, ret))
		return;
	if (c->run) {
		c->run(c, s, a, ret);
		return;
	}
	if (talk_open(&t, s->to, a) != TALK_OK)
		dialogue_say(ret, FATE_UNCLEAR, STR("no connection"));
	else if (c->rcpt)
		run_relay(c, s, &t, a, ret);
	else
		run_steps(c, s, &t, a, ret);
	talk_close(&t);
	ret->transcript = strbuf_str(&t.transcript);
}

/* The field that X-044 forges. */
static bool has_forged(str message)
{
	return str_find(message, STR("forged-by-audit.example")) != STR_NONE;
}

void dialogue_arrived(struct fate_row *row, struct arena *a, str message, const struct arrival *r)
{
	if (str_starts(row->id, STR("X-015")) || str_starts(row->id, STR("X-016")))
		return;
	row->note = r->marks.n ? arena_str(a, r->marks) : row->note;
	if (row->judgement == FATE_DANGER)
		return;
	if (str_starts(row->id, STR("X-001")) || str_starts(row->id, STR("X-002"))) {
		if (r->bare)
			dialogue_say(row, FATE_FAIL, STR("handed on with its bare line ends"));
		else if (row->judgement == FATE_UNCLEAR)
			dialogue_say(row, FATE_PASS, STR("handed on with proper line ends"));
	} else if (str_starts(row->id, STR("X-044"))) {
		if (has_forged(message))
			dialogue_say(row, FATE_FAIL, STR("the forged field came through"));
		else
			dialogue_say(row, FATE_PASS, STR("the forged field was taken out"));
	} else if (str_starts(row->id, STR("X-017"))) {
		row->judgement = r->marked || r->hinted ? FATE_PASS : FATE_FAIL;
		if (!r->marks.n)
			row->note = STR("delivered without a mark");
	}
}

#include "relay/smtpclient.h"

#include "base/num.h"

#include <stdio.h>

bool smtpclient_body_is_strict(str body)
{
	while (body.n) {
		size_t cr = str_chr(body, '\r'), lf = str_chr(str_sub(body, 0, cr), '\n');

		if (lf != STR_NONE)
			return false;
		if (cr == STR_NONE)
			return true;
		if (cr + 1 == body.n || body.p[cr + 1] != '\n')
			return false;
		body = str_skip(body, cr + 2);
	}
	return true;
}

static deadline reply_deadline(const struct smtpclient *c)
{
	return clock_sooner(deadline_in(c->timeout_ms), c->until);
}

/* What the stream says, as the dialogue sees it. */
static int lost(int r, const char *when, struct why *why)
{
	static const char *const words[] = { "", "closed the connection", "did not answer in time",
					     "sent an endless line" };

	if (r < 0)
		return why_prefix(why, SMTPCLIENT_E_LOST, "next hop, %s", when);
	return why_set(why, SMTPCLIENT_E_LOST, "next hop %s (%s)", words[r], when);
}

static int put(struct smtpclient *c, str s, struct why *why)
{
	int r = stream_write(c->s, s, reply_deadline(c), why);

	return r ? lost(r, "sending", why) : SMTPCLIENT_OK;
}

static int flush(struct smtpclient *c, struct why *why)
{
	int r = stream_flush(c->s, reply_deadline(c), why);

	return r ? lost(r, "sending", why) : SMTPCLIENT_OK;
}

/* "RCPTMAX=20 MAILMAX=5" (RFC 9422 3): what is malformed is as if it was not said. */
static void note_limits(struct smtpclient *c, str limits)
{
	str limit;

	while (str_split(&limits, ' ', &limit)) {
		size_t eq = str_chr(limit, '=');
		str name = str_sub(limit, 0, eq),
		    value = str_skip(limit, eq == STR_NONE ? eq : eq + 1);
		uint64_t number;

		if (!num_u64(value, &number) || number == 0)
			continue;
		if (str_caseeq(name, STR("RCPTMAX")))
			c->rcpt_max = number;
		else if (str_caseeq(name, STR("MAILMAX")))
			c->mail_max = number;
	}
}

/* EHLO keywords (RFC 5321 4.1.1.1). */
static void note_extension(struct smtpclient *c, str line)
{
	static const struct {
		str keyword;
		enum smtpclient_ext ext;
	} known[] = {
		{ { "PIPELINING", 10 }, SMTPCLIENT_PIPELINING },
		{ { "SIZE", 4 }, SMTPCLIENT_SIZE },
		{ { "8BITMIME", 8 }, SMTPCLIENT_8BITMIME },
		{ { "SMTPUTF8", 8 }, SMTPCLIENT_SMTPUTF8 },
		{ { "STARTTLS", 8 }, SMTPCLIENT_STARTTLS },
		{ { "DSN", 3 }, SMTPCLIENT_DSN },
		{ { "REQUIRETLS", 10 }, SMTPCLIENT_REQUIRETLS },
	};
	size_t space = str_chr(line, ' ');
	str keyword = str_sub(line, 0, space);

	for (size_t i = 0; i < ARRAY_LEN(known); i++) {
		if (str_caseeq(keyword, known[i].keyword))
			c->ext |= known[i].ext;
	}
	if (str_caseeq(keyword, STR("SIZE")) && space != STR_NONE &&
	    !num_u64(str_trim(str_skip(line, space)), &c->size_max))
		c->size_max = 0;
	if (str_caseeq(keyword, STR("LIMITS")) && space != STR_NONE)
		note_limits(c, str_skip(line, space + 1));
}

static int read_reply_until(struct smtpclient *c, struct smtpreply *reply, bool extensions,
			    const char *when, deadline d, struct why *why)
{
	int more;

	*reply = (struct smtpreply){ 0 };
	do {
		str line, text;
		int r = stream_read_line(c->s, SMTPREPLY_LINE_MAX, d, &line, why);

		if (r)
			return lost(r, when, why);
		more = smtpreply_line(reply, line, &text);
		if (more == SMTPREPLY_E_SYNTAX)
			return why_set(why, SMTPCLIENT_E_LOST, "next hop does not speak SMTP (%s)",
				       when);
		if (extensions && reply->lines > 1)
			note_extension(c, text);
	} while (more == SMTPREPLY_MORE);
	return SMTPCLIENT_OK;
}

static int read_reply(struct smtpclient *c, struct smtpreply *reply, bool extensions,
		      const char *when, struct why *why)
{
	return read_reply_until(c, reply, extensions, when, reply_deadline(c), why);
}

/* The reply to the final dot: RFC 5321 4.5.3.2.6 gives it twice the time of the others, as
 * who hangs up here sends the message once more. */
static int read_end(struct smtpclient *c, struct smtpreply *reply, struct why *why)
{
	deadline d = clock_sooner(deadline_in(2 * c->timeout_ms), c->until);

	return read_reply_until(c, reply, false, "end of data", d, why);
}

/* One short command and its reply. */
static int command(struct smtpclient *c, const char *verb, str arg, struct smtpreply *reply,
		   struct why *why)
{
	int r = put(c, str_c(verb), why);

	if (r == SMTPCLIENT_OK && arg.n)
		r = put(c, STR(" "), why);
	if (r == SMTPCLIENT_OK)
		r = put(c, arg, why);
	if (r == SMTPCLIENT_OK)
		r = put(c, STR("\r\n"), why);
	if (r == SMTPCLIENT_OK)
		r = flush(c, why);
	if (r == SMTPCLIENT_OK)
		r = read_reply(c, reply, verb[0] == 'E' || verb[0] == 'L', verb, why);
	return r;
}

static int refused(const struct smtpreply *reply, const char *when, struct why *why)
{
	return why_set(why, SMTPCLIENT_E_REFUSED, "next hop refused %s: %.*s", when,
		       STR_ARG(smtpreply_text(reply)));
}

int smtpclient_hello(struct smtpclient *c, struct smtpreply *reply, struct why *why)
{
	int r;

	c->ext = 0;
	c->size_max = c->rcpt_max = c->mail_max = 0;
	r = command(c, c->lmtp ? "LHLO" : "EHLO", c->name, reply, why);
	if (r != SMTPCLIENT_OK)
		return r;
	if (!c->lmtp && reply->code / 100 == 5) {
		/* RFC 5321 3.2: an old server knows only HELO. */
		c->ext = 0;
		r = command(c, "HELO", c->name, reply, why);
		if (r != SMTPCLIENT_OK)
			return r;
	}
	return reply->code == 250 ? SMTPCLIENT_OK : refused(reply, "our name", why);
}

/* "220 NAME ...": our own name says that the connection ended where it began. */
static bool greets_as(str greeting, str name)
{
	str said = str_skip(greeting, 4);

	return str_caseeq(str_sub(said, 0, str_chr(said, ' ')), name);
}

int smtpclient_greet(struct smtpclient *c, struct smtpreply *reply, struct why *why)
{
	int r = read_reply(c, reply, false, "greeting", why);

	if (r != SMTPCLIENT_OK)
		return r;
	if (reply->code != 220)
		return refused(reply, "the connection", why);
	c->is_us = greets_as(smtpreply_text(reply), c->name);
	return smtpclient_hello(c, reply, why);
}

int smtpclient_starttls(struct smtpclient *c, struct smtpreply *reply, struct why *why)
{
	int r = command(c, "STARTTLS", STR(""), reply, why);

	if (r != SMTPCLIENT_OK)
		return r;
	if (reply->code != 220)
		return refused(reply, "STARTTLS", why);
	/* RFC 3207 4.2: what came in clear after the 220 is not from the server. */
	(void)stream_discard_input(c->s);
	return SMTPCLIENT_OK;
}

void smtpclient_quit(struct smtpclient *c)
{
	/* A courtesy: the message is delivered, nobody waits for the 221. */
	if (stream_write(c->s, STR("QUIT\r\n"), deadline_in(0), NULL) == STREAM_OK)
		(void)!stream_flush(c->s, deadline_in(0), NULL);
}

/* One transaction under way. */
struct transaction {
	struct smtpclient *c;
	const struct smtpclient_job *job;
	uint64_t *outcome;
	struct smtpreply *reply; /* the most telling so far */
	bool utf8;		 /* SMTPUTF8 is needed */
	size_t accepted;
	bool answered; /* the server has said something about this message */
	struct why *why;
};

static uint64_t outcome_of(int code)
{
	if (code / 100 == 2)
		return SMTPCLIENT_DELIVERED;
	return code / 100 == 5 ? SMTPCLIENT_NEVER : SMTPCLIENT_LATER;
}

/* Refusals tell more than acceptances, the first one most. */
static void note_reply(struct transaction *t, const struct smtpreply *reply)
{
	if (t->reply->lines == 0 || (t->reply->code / 100 <= 3 && reply->code / 100 != 3))
		*t->reply = *reply;
}

static void all(struct transaction *t, uint64_t outcome)
{
	for (size_t i = 0; i < t->job->n_recipients; i++)
		t->outcome[i] = outcome;
}

static bool is_8bit(str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if ((unsigned char)s.p[i] >= 0x80)
			return true;
	}
	return false;
}

/* RFC 6531 3.2: an address or the header is not ASCII. */
static bool needs_smtputf8(const struct smtpclient_job *job)
{
	size_t end = str_find(job->body, STR("\r\n\r\n"));

	if (!job->smtputf8)
		return false;
	if (is_8bit(job->reverse_path) || is_8bit(str_sub(job->body, 0, end)))
		return true;
	for (size_t i = 0; i < job->n_recipients; i++) {
		if (is_8bit(job->recipients[i]))
			return true;
	}
	return false;
}

/* RFC 3461 5.2.1: only to a server that offers DSN. An original recipient that is not
 * ASCII goes only with SMTPUTF8 (RFC 6533 3). */
static int put_dsn(struct transaction *t, str params)
{
	int r;

	if (!(t->c->ext & SMTPCLIENT_DSN) || params.n == 0 || (is_8bit(params) && !t->utf8))
		return SMTPCLIENT_OK;
	r = put(t->c, STR(" "), t->why);
	return r == SMTPCLIENT_OK ? put(t->c, params, t->why) : r;
}

static int put_mail(struct transaction *t)
{
	struct smtpclient *c = t->c;
	char params[80];
	int n = 0;
	int r = put(c, STR("MAIL FROM:<"), t->why);

	if (c->ext & SMTPCLIENT_SIZE)
		n += snprintf(params + n, sizeof(params) - (size_t)n, " SIZE=%zu", t->job->body.n);
	if (c->ext & SMTPCLIENT_8BITMIME && t->job->body_8bit)
		n += snprintf(params + n, sizeof(params) - (size_t)n, " BODY=8BITMIME");
	if (t->utf8)
		n += snprintf(params + n, sizeof(params) - (size_t)n, " SMTPUTF8");
	if (t->job->requiretls)
		n += snprintf(params + n, sizeof(params) - (size_t)n, " REQUIRETLS");
	if (r == SMTPCLIENT_OK)
		r = put(c, t->job->reverse_path, t->why);
	if (r == SMTPCLIENT_OK)
		r = put(c, STR(">"), t->why);
	if (r == SMTPCLIENT_OK)
		r = put(c, str_of(params, (size_t)n), t->why);
	if (r == SMTPCLIENT_OK)
		r = put_dsn(t, t->job->mail_params);
	return r == SMTPCLIENT_OK ? put(c, STR("\r\n"), t->why) : r;
}

static int put_rcpt(struct transaction *t, size_t i)
{
	int r = put(t->c, STR("RCPT TO:<"), t->why);

	if (r == SMTPCLIENT_OK)
		r = put(t->c, t->job->recipients[i], t->why);
	if (r == SMTPCLIENT_OK)
		r = put(t->c, STR(">"), t->why);
	if (r == SMTPCLIENT_OK && t->job->rcpt_params)
		r = put_dsn(t, t->job->rcpt_params[i]);
	return r == SMTPCLIENT_OK ? put(t->c, STR("\r\n"), t->why) : r;
}

/* False in *ret_go_on: MAIL was refused for all recipients. */
static int read_mail(struct transaction *t, bool *ret_go_on)
{
	struct smtpreply reply;
	int r = read_reply(t->c, &reply, false, "MAIL", t->why);

	/* A server closes an idle connection without a word, or with 421. */
	if (t->c->sent > 1 && ((r != SMTPCLIENT_OK && reply.lines == 0) || reply.code == 421))
		return SMTPCLIENT_E_STALE;
	if (r != SMTPCLIENT_OK)
		return r;
	t->answered = true;
	*ret_go_on = reply.code == 250;
	if (!*ret_go_on) {
		note_reply(t, &reply);
		all(t, reply.code / 100 == 5 ? SMTPCLIENT_NEVER : SMTPCLIENT_LATER);
	}
	return SMTPCLIENT_OK;
}

static int read_rcpt(struct transaction *t, size_t i, bool *is_accepted)
{
	struct smtpreply reply;
	int r = read_reply(t->c, &reply, false, "RCPT", t->why);

	if (r != SMTPCLIENT_OK)
		return r;
	is_accepted[i] = reply.code / 100 == 2;
	if (is_accepted[i]) {
		t->accepted++;
		return SMTPCLIENT_OK;
	}
	note_reply(t, &reply);
	/* RFC 5321 4.5.3.1.10: 552 here means too many recipients, as 452 does. */
	t->outcome[i] = reply.code == 552 ? SMTPCLIENT_LATER : outcome_of(reply.code);
	if (t->outcome[i] == SMTPCLIENT_DELIVERED)
		t->outcome[i] = SMTPCLIENT_LATER;
	return SMTPCLIENT_OK;
}

/* MAIL, RCPT and DATA, with as many in flight as the server allows. *data is its answer
 * to DATA, or has code 0 when DATA was not sent. */
static int envelope(struct transaction *t, bool *is_accepted, struct smtpreply *data)
{
	bool piped = t->c->ext & SMTPCLIENT_PIPELINING, go_on = true;
	size_t n = t->job->n_recipients, batch = piped ? SMTPCLIENT_RCPT_BATCH : 1;
	int r = put_mail(t);

	if (r == SMTPCLIENT_OK && !piped) {
		r = flush(t->c, t->why);
		if (r == SMTPCLIENT_OK)
			r = read_mail(t, &go_on);
	}
	for (size_t at = 0; at < n && go_on && r == SMTPCLIENT_OK; at += batch) {
		size_t end = at + batch < n ? at + batch : n;

		for (size_t i = at; i < end && r == SMTPCLIENT_OK; i++)
			r = put_rcpt(t, i);
		if (r == SMTPCLIENT_OK && piped && end == n)
			r = put(t->c, STR("DATA\r\n"), t->why);
		if (r == SMTPCLIENT_OK)
			r = flush(t->c, t->why);
		if (r == SMTPCLIENT_OK && piped && at == 0)
			r = read_mail(t, &go_on);
		for (size_t i = at; i < end && r == SMTPCLIENT_OK; i++) {
			uint64_t before = t->outcome[i];

			r = read_rcpt(t, i, is_accepted);
			if (!go_on) /* the answer to MAIL holds for all */
				t->outcome[i] = before;
		}
		if (r == SMTPCLIENT_OK && piped && end == n)
			r = read_reply(t->c, data, false, "DATA", t->why);
	}
	if (r == SMTPCLIENT_OK && !piped && go_on && t->accepted)
		r = command(t->c, "DATA", STR(""), data, t->why);
	if (!go_on)
		t->accepted = 0;
	return r;
}

/* The end of the line before the next one that starts with a dot. Dots are looked for, as
 * they are rarer than lines. */
static size_t line_before_dot(str s)
{
	size_t at = 0;

	while (at < s.n) {
		size_t dot = str_chr(str_skip(s, at), '.');

		if (dot == STR_NONE)
			break;
		at += dot;
		if (at > 0 && s.p[at - 1] == '\n')
			return at;
		at++;
	}
	return STR_NONE;
}

/* RFC 5321 4.5.2: a dot more before each line that starts with one. */
static int put_body(struct transaction *t)
{
	str rest = t->job->body;
	int r = SMTPCLIENT_OK;

	if (rest.n && rest.p[0] == '.')
		r = put(t->c, STR("."), t->why);
	while (rest.n && r == SMTPCLIENT_OK) {
		size_t dot = line_before_dot(rest);
		str piece = str_sub(rest, 0, dot == STR_NONE ? rest.n : dot);

		r = put(t->c, piece, t->why);
		if (r == SMTPCLIENT_OK && dot != STR_NONE)
			r = put(t->c, STR("."), t->why);
		rest = str_skip(rest, piece.n);
	}
	if (r == SMTPCLIENT_OK && !str_ends(t->job->body, STR("\r\n")))
		r = put(t->c, STR("\r\n"), t->why);
	if (r == SMTPCLIENT_OK)
		r = put(t->c, STR(".\r\n"), t->why);
	return r == SMTPCLIENT_OK ? flush(t->c, t->why) : r;
}

/* One reply for all, or with LMTP (RFC 2033 4.2) one for each accepted recipient. */
static int read_results(struct transaction *t, const bool *is_accepted)
{
	struct smtpreply reply = { 0 };
	bool first = true;

	for (size_t i = 0; i < t->job->n_recipients; i++) {
		if (!is_accepted[i])
			continue;
		if (first || t->c->lmtp) {
			int r = read_end(t->c, &reply, t->why);

			if (r != SMTPCLIENT_OK)
				return r;
			note_reply(t, &reply);
			first = false;
		}
		t->outcome[i] = outcome_of(reply.code);
	}
	return SMTPCLIENT_OK;
}

static int data_refused(struct transaction *t, const bool *is_accepted,
			const struct smtpreply *data)
{
	uint64_t outcome = data->code / 100 == 5 ? SMTPCLIENT_NEVER : SMTPCLIENT_LATER;

	note_reply(t, data);
	for (size_t i = 0; i < t->job->n_recipients; i++) {
		if (is_accepted[i])
			t->outcome[i] = outcome;
	}
	return SMTPCLIENT_OK;
}

static int run(struct transaction *t, bool *is_accepted)
{
	struct smtpreply data = { 0 };
	int r = SMTPCLIENT_OK;

	if (t->c->reset_first)
		r = command(t->c, "RSET", STR(""), &data, t->why);
	if (r != SMTPCLIENT_OK)
		return t->c->sent > 1 ? SMTPCLIENT_E_STALE : r;
	t->c->reset_first = true;
	data = (struct smtpreply){ 0 };
	r = envelope(t, is_accepted, &data);
	if (r != SMTPCLIENT_OK)
		return !t->answered && t->c->sent > 1 ? SMTPCLIENT_E_STALE : r;
	if (t->accepted == 0) {
		/* RFC 2920 3.1: a server that says 354 to nobody's message waits for one. */
		if (data.code == 354)
			return why_set(t->why, SMTPCLIENT_E_LOST,
				       "next hop accepted DATA without a recipient");
		return SMTPCLIENT_OK;
	}
	/* RFC 5321 4.2.5: whatever comes next from such a server belongs to nothing we said. */
	if (data.code / 100 == 2)
		return why_set(t->why, SMTPCLIENT_E_LOST, "next hop took DATA for done");
	if (data.code != 354)
		return data_refused(t, is_accepted, &data);
	r = put_body(t);
	if (r == SMTPCLIENT_OK)
		r = read_results(t, is_accepted);
	if (r == SMTPCLIENT_OK)
		t->c->reset_first = false;
	return r;
}

static int never(struct transaction *t, int code, str text)
{
	all(t, SMTPCLIENT_NEVER);
	smtpreply_say(t->reply, code, text);
	return SMTPCLIENT_OK;
}

int smtpclient_send(struct smtpclient *c, const struct smtpclient_job *job, uint64_t *outcome,
		    struct smtpreply *reply, struct why *why)
{
	struct transaction t = { .c = c,
				 .job = job,
				 .outcome = outcome,
				 .reply = reply,
				 .utf8 = needs_smtputf8(job),
				 .why = why };
	bool is_accepted[SMTPCLIENT_RECIPIENTS] = { 0 };
	int r;

	bug_if(job->n_recipients > SMTPCLIENT_RECIPIENTS);
	*reply = (struct smtpreply){ 0 };
	all(&t, SMTPCLIENT_LATER);
	c->sent++;
	/* RFC 6531 3.2 and RFC 1870 6.1. */
	if (t.utf8 && !(c->ext & SMTPCLIENT_SMTPUTF8))
		return never(&t, 550, STR("5.6.7 the next hop does not support SMTPUTF8"));
	if (c->size_max && job->body.n > c->size_max)
		return never(&t, 552, STR("5.3.4 the message is too big for the next hop"));
	r = run(&t, is_accepted);
	if (r == SMTPCLIENT_E_LOST && reply->lines == 0) {
		(void)why_prefix(why, r, "4.4.2 connection lost");
		smtpreply_say(reply, 451, str_c(why->text));
	}
	return r;
}

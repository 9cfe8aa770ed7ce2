#include "smtp/smtpsession.h"

#include "smtp/command.h"
#include "smtp/reception.h"
#include "smtp/reply.h"
#include "smtp/smtp_verbs.h"
#include "tls/tlsstream.h"

void smtpsession_begin(struct smtpsession *s, const struct smtpsession_outside *outside,
		       struct smtppolicy *policy)
{
	s->outside = outside;
	s->policy = policy;
	s->state = SMTPSESSION_NEW;
	s->began = s->due = clock_now_ms();
}

void smtpsession_over(struct smtpsession *s, const char *why)
{
	if (s->state == SMTPSESSION_OVER)
		return;
	s->state = SMTPSESSION_OVER;
	s->ended = why;
}

void smtpsession_reset(struct smtpsession *s)
{
	if (s->mail && s->mail->held)
		(void)s->outside->hold(s->outside->ctx, -s->mail->held);
	s->mail = transaction_free(s->mail);
	if (s->state & (SMTPSESSION_MAIL | SMTPSESSION_RCPT | SMTPSESSION_DATA))
		s->state = SMTPSESSION_READY;
}

void smtpsession_flush(struct smtpsession *s)
{
	if (stream_flush(s->io, deadline_in(REPLY_TIMEOUT_MS), NULL) != STREAM_OK)
		smtpsession_over(s, "the client does not read");
}

void smtpsession_reply(struct smtpsession *s, unsigned code, str enhanced, str text)
{
	if (reply_send(s->io, code, enhanced, text, NULL) != STREAM_OK)
		smtpsession_over(s, "the client does not read");
}

void smtpsession_refuse(struct smtpsession *s, unsigned code, str enhanced, str text, str argument)
{
	smtpsession_reply(s, code, enhanced, text);
	s->refusals += code >= 500;
	s->outside->refused(s->outside->ctx, s, code, enhanced, argument);
	if (s->refusals < s->policy->conf->smtp.max_errors || s->state == SMTPSESSION_OVER)
		return;
	smtpsession_reply(s, 421, STR("4.7.0"), STR("Too many errors, closing"));
	smtpsession_over(s, "too many errors");
}

/* The banner (RFC 5321 4.3.1). Who talks before it is no mail server: those wait. */
static void greet(struct smtpsession *s)
{
	char text[SMTPSESSION_HELO_MAX + 8];
	str early;
	int r = stream_peek(s->io, 0, &early, NULL);

	if (r == STREAM_OK) {
		smtpsession_refuse(s, 554, STR("5.5.1"), STR("You spoke before the greeting"),
				   STR_NULL);
		smtpsession_over(s, "spoke before the greeting");
	} else if (r != STREAM_E_TIMEOUT) {
		smtpsession_over(s, "closed before the greeting");
	} else {
		snprintf(text, sizeof(text), "%.*s ESMTP", STR_ARG(s->policy->conf->hostname));
		smtpsession_reply(s, 220, STR(""), str_c(text));
		s->state = SMTPSESSION_START;
	}
}

static void refuse_order(struct smtpsession *s, const struct smtp_verb *v)
{
	if (s->state == SMTPSESSION_START)
		smtpsession_refuse(s, 503, STR("5.5.1"), STR("Say EHLO first"), str_c(v->name));
	else if (s->state == SMTPSESSION_READY)
		smtpsession_refuse(s, 503, STR("5.5.1"), STR("Say MAIL first"), str_c(v->name));
	else
		smtpsession_refuse(s, 503, STR("5.5.1"), STR("A message is under way already"),
				   str_c(v->name));
}

static void refuse_line(struct smtpsession *s, int error, str line)
{
	if (error == COMMAND_E_LINE_END)
		smtpsession_refuse(s, 500, STR("5.5.2"),
				   STR("Lines end in CRLF, with no CR or LF elsewhere"), line);
	else if (error == COMMAND_E_BYTES)
		smtpsession_refuse(s, 500, STR("5.5.2"),
				   STR("Control or undefined characters in a command"), line);
	else
		smtpsession_refuse(s, 500, STR("5.5.2"), STR("Command not recognized"), line);
}

static void run_line(struct smtpsession *s, str line)
{
	const struct smtp_verb *v;
	struct command c;
	int r = command_parse(line, &c);

	if (r != COMMAND_OK) {
		refuse_line(s, r, line);
		return;
	}
	v = smtp_verbs_find(c.verb);
	if (!v)
		smtpsession_refuse(s, 500, STR("5.5.2"), STR("Command not recognized"), line);
	else if (!v->run)
		smtpsession_refuse(s, 502, STR("5.5.1"), STR("Command not offered here"), line);
	else if (!(v->states & s->state))
		refuse_order(s, v);
	else
		v->run(s, c.args);
}

/* Throws away the rest of a line that was too long, then says so, once. */
static void skip_line(struct smtpsession *s)
{
	str have;
	size_t lf;
	int r = stream_peek(s->io, 0, &have, NULL);

	if (r == STREAM_E_TIMEOUT) {
		s->waiting = true;
		return;
	}
	if (r != STREAM_OK) {
		smtpsession_over(s, "connection lost");
		return;
	}
	lf = str_chr(have, '\n');
	s->skipping = lf == STR_NONE;
	stream_consume(s->io, s->skipping ? have.n : lf + 1);
	if (!s->skipping)
		smtpsession_refuse(s, 500, STR("5.5.2"), STR("Line too long"), STR_NULL);
}

static bool in_handshake(const struct smtpsession *s)
{
	return tlsstream_active(s->io) && str_empty(tlsstream_version(s->io));
}

static void take_line(struct smtpsession *s)
{
	struct why why = { 0 };
	str line;
	int r = stream_read_line(s->io, COMMAND_LINE_MAX, 0, &line, &why);

	if (r == STREAM_OK)
		run_line(s, line);
	else if (r == STREAM_E_TIMEOUT)
		s->waiting = true;
	else if (r == STREAM_E_LONG)
		s->skipping = true;
	else if (r == STREAM_E_EOF)
		smtpsession_over(s, in_handshake(s) ? "closed in the TLS handshake"
						    : "closed by the client");
	else
		smtpsession_over(s, in_handshake(s) ? "TLS handshake failed" : "connection lost");
}

static void take(struct smtpsession *s)
{
	enum smtpsession_state before = s->state;

	if (s->state == SMTPSESSION_NEW)
		greet(s);
	else if (s->state == SMTPSESSION_DATA)
		reception_take(s);
	else if (s->skipping)
		skip_line(s);
	else
		take_line(s);
	/* A command was answered, or the message: the next one has its own time. */
	if (!s->waiting && !s->skipping &&
	    (before != SMTPSESSION_DATA || s->state != SMTPSESSION_DATA))
		s->due = deadline_in(s->policy->conf->smtp.command_timeout);
}

/* When the lobby should stop waiting for more. */
static deadline wait_until(const struct smtpsession *s)
{
	const struct conf *conf = s->policy->conf;
	deadline end = s->began + conf->smtp.session_timeout;

	if (s->state == SMTPSESSION_DATA)
		return clock_sooner(s->mail->until, end);
	return clock_sooner(s->due, end);
}

/* Whether this step can go on with what has been read already. It does not read on for the
 * rest of a line: a client that never stops talking must not keep the thread. */
static bool has_more(const struct smtpsession *s)
{
	str have = str_of(s->io->in + s->io->in_at, s->io->in_end - s->io->in_at);

	if (s->state == SMTPSESSION_DATA || s->skipping || s->io->ops->pending(s->io->ctx) > 0)
		return stream_has_input(s->io);
	return have.n >= COMMAND_LINE_MAX || str_chr(have, '\n') != STR_NONE;
}

enum lobby_next smtpsession_step(struct smtpsession *s, struct stream *io, deadline *ret_until)
{
	s->io = io;
	s->waiting = false;
	do
		take(s);
	while (s->state != SMTPSESSION_OVER && !s->waiting && has_more(s));
	smtpsession_flush(s);
	if (s->state != SMTPSESSION_OVER)
		*ret_until = wait_until(s);
	s->io = NULL;
	if (s->state == SMTPSESSION_OVER)
		return LOBBY_CLOSE;
	return s->state == SMTPSESSION_DATA ? LOBBY_PARK_BUSY : LOBBY_PARK;
}

void smtpsession_expire(struct smtpsession *s, struct stream *io, enum lobby_expiry why)
{
	s->io = io;
	/* In the middle of a handshake there is no way to say anything. */
	if (!in_handshake(s)) {
		if (why == LOBBY_STOPPING)
			smtpsession_reply(s, 421, STR("4.3.2"),
					  STR("Closing down, try again later"));
		else
			smtpsession_reply(s, 421, STR("4.4.2"), STR("Waited too long, closing"));
		smtpsession_flush(s);
	}
	smtpsession_over(s, why == LOBBY_STOPPING ? "stopping" : "timeout");
	s->io = NULL;
}

void smtpsession_end(struct smtpsession *s, struct stream *io)
{
	tlsstream_close(io);
	smtpsession_reset(s);
	s->policy = smtppolicy_free(s->policy);
}

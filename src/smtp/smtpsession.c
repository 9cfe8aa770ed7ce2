#include "smtp/smtpsession.h"

#include "smtp/command.h"
#include "smtp/proxyheader.h"
#include "smtp/reception.h"
#include "smtp/reply.h"
#include "smtp/smtp_verbs.h"
#include "sys/metrics.h"
#include "tls/tlsstream.h"

void smtpsession_begin(struct smtpsession *s, const struct smtpsession_outside *outside,
		       struct smtppolicy *policy)
{
	s->outside = outside;
	s->policy = policy;
	s->state = s->listener->proxy ? SMTPSESSION_PROXY : SMTPSESSION_NEW;
	s->began = clock_now_ms();
	s->due = s->began + SMTPSESSION_PROXY_MS;
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
		(void)s->outside->hold(s->outside->ctx, s, -s->mail->held);
	s->mail = transaction_free(s->mail);
	if (s->state & (SMTPSESSION_MAIL | SMTPSESSION_RCPT | SMTPSESSION_CHUNKS |
			SMTPSESSION_DATA | SMTPSESSION_CHUNK))
		s->state = SMTPSESSION_READY;
}

static deadline begin_write(struct smtpsession *s, int64_t now)
{
	return now + (s->outside->writing(s->outside->ctx, 1) ? s->patience : 0);
}

/* Whoever reads slowly wears out the patience of the whole step, not of each reply. */
static void wrote(struct smtpsession *s, int64_t began, int r)
{
	(void)s->outside->writing(s->outside->ctx, -1);
	s->patience -= clock_now_ms() - began;
	if (s->patience < 0)
		s->patience = 0;
	if (r != STREAM_OK)
		smtpsession_over(s, "the client does not read");
}

void smtpsession_flush(struct smtpsession *s)
{
	int64_t now = clock_now_ms();

	wrote(s, now, stream_flush(s->io, begin_write(s, now), NULL));
}

void smtpsession_reply_lines(struct smtpsession *s, unsigned code, str enhanced, const str *lines,
			     size_t n)
{
	int64_t now = clock_now_ms();

	wrote(s, now, reply_send(s->io, begin_write(s, now), code, enhanced, lines, n));
}

void smtpsession_reply(struct smtpsession *s, unsigned code, str enhanced, str text)
{
	smtpsession_reply_lines(s, code, enhanced, &text, 1);
}

void smtpsession_refuse(struct smtpsession *s, unsigned code, str enhanced, str text, str argument)
{
	smtpsession_refuse_for(s, code, enhanced, text, argument, STR(""));
}

void smtpsession_refuse_for(struct smtpsession *s, unsigned code, str enhanced, str text,
			    str argument, str reason)
{
	smtpsession_reply(s, code, enhanced, text);
	s->refusals += code >= 500;
	s->outside->refused(s->outside->ctx, s, code, enhanced, argument, reason);
	if (s->refusals < s->policy->conf->smtp.max_errors || s->state == SMTPSESSION_OVER)
		return;
	smtpsession_reply(s, 421, STR("4.7.0"), STR("Too many errors, closing"));
	smtpsession_over(s, "too many errors");
}

bool smtpsession_may_send(const struct smtpsession *s)
{
	const struct conf *conf = s->policy->conf;

	return conf->role != CONF_ROLE_OUT || conf_networks_has(&conf->out.clients, s->ip);
}

void smtpsession_greet(struct smtpsession *s)
{
	char text[SMTPSESSION_HELO_MAX + 8];

	if (!smtpsession_may_send(s) && !s->trusted) {
		smtpsession_refuse(s, 554, STR("5.7.1"), STR("You may not send here"), STR_NULL);
		smtpsession_over(s, "not in out.clients");
		return;
	}
	snprintf(text, sizeof(text), "%.*s ESMTP", STR_ARG(s->policy->conf->hostname));
	s->state = SMTPSESSION_START;
	smtpsession_reply(s, 220, STR(""), str_c(text));
}

/* The banner (RFC 5321 4.3.1). Who talks before it is no mail server: those wait. */
static void welcome(struct smtpsession *s)
{
	const struct conf *conf = s->policy->conf;
	str early;
	int r = stream_peek(s->io, 0, &early, NULL);

	s->early = r == STREAM_OK;
	s->trusted = s->listener->xclient && conf_networks_has(&conf->smtp.trusted, s->ip);
	if (s->early && conf->smtp.early_talker == CONF_EARLY_TALKER_REJECT) {
		smtpsession_refuse(s, 554, STR("5.5.1"), STR("You spoke before the greeting"),
				   STR_NULL);
		smtpsession_over(s, "spoke before the greeting");
	} else if (!s->early && r != STREAM_E_TIMEOUT) {
		smtpsession_over(s, "closed before the greeting");
	} else {
		smtpsession_greet(s);
	}
}

static void take_proxy_client(struct smtpsession *s, const struct proxyheader *h)
{
	s->state = SMTPSESSION_NEW;
	if (!h->has_client)
		return;
	s->via = s->ip;
	s->ip = h->client;
	s->port = h->port;
	if (s->outside->moved(s->outside->ctx, s))
		return;
	smtpsession_reply(s, 421, STR("4.7.0"), STR("Too many connections, try again later"));
	smtpsession_over(s, "too many connections");
}

/* The header of a proxy, which comes before anything is said; without one the connection
 * ends without a word. */
static void take_proxy(struct smtpsession *s)
{
	str have = str_of(s->io->in + s->io->in_at, s->io->in_end - s->io->in_at);
	struct proxyheader h;
	int r = have.n ? proxyheader_parse(have, &h) : PROXYHEADER_E_MORE;

	if (r == PROXYHEADER_OK) {
		stream_consume(s->io, h.length);
		take_proxy_client(s, &h);
	} else if (r == PROXYHEADER_E_SYNTAX) {
		smtpsession_over(s, "no valid PROXY header");
	} else {
		r = stream_peek_least(s->io, have.n + 1, 0, &have, NULL);
		if (r == STREAM_E_TIMEOUT)
			s->waiting = true;
		else if (r != STREAM_OK)
			smtpsession_over(s, "closed before the PROXY header");
	}
}

void smtpsession_refuse_order(struct smtpsession *s, str verb)
{
	if (s->state == SMTPSESSION_START)
		smtpsession_refuse(s, 503, STR("5.5.1"), STR("Say EHLO first"), verb);
	else if (s->state == SMTPSESSION_READY)
		smtpsession_refuse(s, 503, STR("5.5.1"), STR("Say MAIL first"), verb);
	else
		smtpsession_refuse(s, 503, STR("5.5.1"), STR("A message is under way already"),
				   verb);
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

/* Whether the client went on without waiting for an answer that it had to wait for: that of
 * a command that ends a group (RFC 2920 3.1), or any before EHLO offered PIPELINING. */
static bool in_a_hurry(const struct smtpsession *s, const struct smtp_verb *v)
{
	if (!stream_has_input(s->io) || (v && v->behind == SMTP_VERB_BYTES))
		return false;
	return !s->esmtp || (v && v->behind == SMTP_VERB_NOTHING);
}

static void run_line(struct smtpsession *s, str line)
{
	const struct smtp_verb *v;
	struct command c;
	int r = command_parse(line, &c);

	v = r == COMMAND_OK ? smtp_verbs_find(c.verb) : NULL;
	if (in_a_hurry(s, v)) {
		smtpsession_refuse(s, 554, STR("5.5.0"), STR("You did not wait for an answer"),
				   line);
		smtpsession_over(s, "did not wait for an answer");
		return;
	}
	if (r != COMMAND_OK)
		refuse_line(s, r, line);
	else if (!v)
		smtpsession_refuse(s, 500, STR("5.5.2"), STR("Command not recognized"), line);
	else if (!v->run)
		smtpsession_refuse(s, 502, STR("5.5.1"), STR("Command not offered here"), line);
	else if (!(v->states & s->state))
		smtpsession_refuse_order(s, c.verb);
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

/* The handshake happens inside the first reads behind STARTTLS. */
static void note_handshake(struct smtpsession *s)
{
	bool is_1_3;

	if (!s->tls_began || in_handshake(s))
		return;
	is_1_3 = str_eq(tlsstream_version(s->io), STR("TLSv1.3"));
	metrics_add(is_1_3 ? METRIC_edge_tls_handshakes_1_3 : METRIC_edge_tls_handshakes_1_2, 1);
	metrics_observe(METRIC_edge_tls_handshake, (uint64_t)(clock_now_us() - s->tls_began));
	s->tls_began = 0;
}

static void take_line(struct smtpsession *s)
{
	struct why why = { 0 };
	str line;
	int r = stream_read_line(s->io, COMMAND_LINE_MAX, 0, &line, &why);

	note_handshake(s);
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

void smtpsession_rest(struct smtpsession *s, str args, int64_t ms)
{
	struct strbuf *resting = &s->mail->resting;

	/* One room for all of a message: how many there will be is the client's choice. */
	if (!resting->p)
		*resting = strbuf_make(s->mail->arena, COMMAND_LINE_MAX);
	resting->n = 0;
	strbuf_put(resting, args);
	s->rest = deadline_in(ms);
}

static void go_on(struct smtpsession *s)
{
	s->rest = 0;
	s->rested = true;
	verb_rcpt(s, strbuf_str(&s->mail->resting));
	s->rested = false;
	s->due = deadline_in(s->policy->conf->smtp.command_timeout);
}

static bool in_message(const struct smtpsession *s)
{
	return s->state & (SMTPSESSION_DATA | SMTPSESSION_CHUNK);
}

static void take(struct smtpsession *s)
{
	bool before = in_message(s);

	if (s->state == SMTPSESSION_PROXY)
		take_proxy(s);
	else if (s->state == SMTPSESSION_NEW)
		welcome(s);
	else if (s->state == SMTPSESSION_DATA)
		reception_take(s);
	else if (s->state == SMTPSESSION_CHUNK)
		chunk_take(s);
	else if (s->skipping)
		skip_line(s);
	else
		take_line(s);
	/* A command was answered, or the message: the next one has its own time. */
	if (!s->waiting && !s->skipping && s->state != SMTPSESSION_PROXY &&
	    !(before && in_message(s)))
		s->due = deadline_in(s->policy->conf->smtp.command_timeout);
}

static deadline session_end(const struct smtpsession *s)
{
	return s->began + s->policy->conf->smtp.session_timeout;
}

/* When the lobby should stop waiting for more. The time of a message is one, from DATA or
 * the first chunk to its end; a chunk that belongs to no message has that of a command. */
static deadline wait_until(const struct smtpsession *s)
{
	deadline end = session_end(s);

	if (!s->mail || s->mail->until == 0)
		return clock_sooner(s->due, end);
	end = clock_sooner(s->mail->until, end);
	return in_message(s) ? end : clock_sooner(s->due, end);
}

/* Whether this step can go on with what has been read already. It does not read on for the
 * rest of a line: a client that never stops talking must not keep the thread. */
static bool has_more(const struct smtpsession *s)
{
	str have = str_of(s->io->in + s->io->in_at, s->io->in_end - s->io->in_at);

	if (s->state & (SMTPSESSION_PROXY | SMTPSESSION_NEW))
		return true;
	if (in_message(s) || s->skipping || s->io->ops->pending(s->io->ctx) > 0)
		return stream_has_input(s->io);
	return have.n >= COMMAND_LINE_MAX || str_chr(have, '\n') != STR_NONE;
}

enum lobby_next smtpsession_step(struct smtpsession *s, struct stream *io, deadline *ret_until)
{
	s->io = io;
	s->waiting = false;
	s->patience = SMTPSESSION_PATIENCE_MS;
	if (s->rest)
		go_on(s);
	else
		take(s);
	while (s->state != SMTPSESSION_OVER && !s->waiting && !s->rest && has_more(s))
		take(s);
	smtpsession_flush(s);
	/* Who rests again each time is never found waiting: so the lobby has to see the end. */
	if (s->rest && clock_left(session_end(s)) == 0)
		s->rest = 0;
	if (s->state != SMTPSESSION_OVER)
		*ret_until = s->rest ? s->rest : wait_until(s);
	s->io = NULL;
	if (s->state == SMTPSESSION_OVER)
		return LOBBY_CLOSE;
	if (s->rest)
		return LOBBY_REST;
	return in_message(s) || s->state == SMTPSESSION_CHUNKS ? LOBBY_PARK_BUSY : LOBBY_PARK;
}

void smtpsession_expire(struct smtpsession *s, struct stream *io, enum lobby_expiry why)
{
	s->io = io;
	s->patience = SMTPSESSION_PATIENCE_MS;
	/* In the middle of a handshake there is no way to say anything; before a PROXY header
	 * nobody to say it to. */
	if (!in_handshake(s) && s->state != SMTPSESSION_PROXY) {
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
	if (s->tls_began)
		metrics_add(METRIC_edge_tls_handshakes_failed, 1);
	tlsstream_close(io);
	smtpsession_reset(s);
	s->policy = smtppolicy_free(s->policy);
}

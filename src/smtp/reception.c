#include "smtp/reception.h"

#include "base/fd.h"
#include "mail/tlswish.h"
#include "smtp/reply.h"
#include "sys/metrics.h"
#include "tls/tlsstream.h"

#include <errno.h>

static const str temporary = { "Temporary problem, try again later", 34 };

void reception_open(struct smtpsession *s)
{
	s->mail->until = deadline_in(s->policy->conf->smtp.data_timeout);
}

void reception_begin(struct smtpsession *s)
{
	reception_open(s);
	s->state = SMTPSESSION_DATA;
	smtpsession_reply(s, 354, STR(""), STR("Send the message, end with a line of one dot"));
	smtpsession_flush(s);
}

bool reception_failed(const struct smtpsession *s)
{
	const struct transaction *t = s->mail;

	return t->data.bare || t->too_large || t->no_room || t->failed;
}

/* Small messages stay in our own memory; the first bytes too many move all into a memfd. */
static int put_bytes(struct transaction *t, str bytes, struct why *why)
{
	int r = 0;

	if (t->fd < 0 && bytes.n <= MSG_INLINE_MAX - t->bytes.n) {
		strbuf_put(&t->bytes, bytes);
		return 0;
	}
	if (t->fd < 0) {
		t->fd = fd_memfd("message", why);
		r = t->fd < 0 ? t->fd : fd_write_all(t->fd, strbuf_str(&t->bytes), why);
		strbuf_clear(&t->bytes);
	}
	return r < 0 ? r : fd_write_all(t->fd, bytes, why);
}

/* Keeps bytes that data has counted, unless the message is refused already. */
static void keep(struct smtpsession *s, str bytes)
{
	struct transaction *t = s->mail;
	struct why why = { 0 };

	if (t->data.bytes > s->policy->conf->smtp.max_message_bytes)
		t->too_large = true;
	if (reception_failed(s))
		return;
	t->no_room = !s->outside->hold(s->outside->ctx, s, (int64_t)bytes.n);
	if (t->no_room)
		return;
	t->held += (int64_t)bytes.n;
	if (put_bytes(t, bytes, &why) < 0) {
		s->outside->trouble(s->outside->ctx, s, "memory", &why);
		t->failed = true;
	}
}

void reception_keep(struct smtpsession *s, str bytes)
{
	data_count(&s->mail->data, bytes);
	keep(s, bytes);
}

/* RFC 3848, RFC 6531 3.7.5: what stands behind "with" in Received. */
static str protocol(const struct smtpsession *s)
{
	bool tls = tlsstream_active(s->io);

	if (s->mail->params.smtputf8)
		return tls ? STR("UTF8SMTPS") : STR("UTF8SMTP");
	if (!s->esmtp)
		return STR("SMTP");
	return tls ? STR("ESMTPS") : STR("ESMTP");
}

static struct msg_submit describe(struct smtpsession *s)
{
	struct transaction *t = s->mail;
	struct strbuf ip = strbuf_make(t->arena, IP_TEXT_MAX);

	ip_put(&ip, s->ip);
	return (struct msg_submit){
		.sid = ident_str(&s->sid),
		.client_ip = strbuf_str(&ip),
		.client_port = s->port,
		.helo = smtpsession_helo(s),
		.login = str_of(s->login, s->login_n),
		.protocol = protocol(s),
		.tls_version = tlsstream_version(s->io),
		.tls_cipher = tlsstream_cipher(s->io),
		.reverse_path = t->reverse_path,
		.recipients = { t->recipients.v, t->recipients.n },
		.size = t->data.bytes,
		.body_8bit = t->params.body_8bit,
		.smtputf8 = t->params.smtputf8,
		.received_at = (uint64_t)s->outside->wall(s->outside->ctx),
		.mail_params = t->mail_params,
		.rcpt_params = { t->rcpt_params.v, t->has_rcpt_params ? t->rcpt_params.n : 0 },
		.tls_wish = t->params.requiretls ? TLS_WISH_REQUIRED : TLS_WISH_NONE,
		.handover = s->listener->handover,
		.bytes = t->fd < 0 ? strbuf_str(&t->bytes) : STR(""),
	};
}

static void count_bounce(struct smtpsession *s)
{
	const struct transaction *t = s->mail;
	uint32_t per_hour = s->policy->conf->smtp.max_bounces;

	if (t->reverse_path.n || !s->outside->bounces || !per_hour)
		return;
	for (size_t i = 0; i < t->recipients.n; i++)
		bounces_count(s->outside->bounces, t->recipients.v[i], per_hour, clock_now_ms());
}

static void count_answer(struct smtpsession *s, uint64_t code)
{
	if (code < 300) {
		s->accepted++;
		s->bytes += s->mail->data.bytes;
		count_bounce(s);
		metrics_add(METRIC_edge_messages_2xx, 1);
		metrics_add(METRIC_edge_message_bytes, (int64_t)s->mail->data.bytes);
	} else if (code < 500) {
		s->deferred++;
		metrics_add(METRIC_edge_messages_4xx, 1);
	} else {
		s->rejected++;
		metrics_add(METRIC_edge_messages_5xx, 1);
	}
}

static void hand_over(struct smtpsession *s)
{
	struct transaction *t = s->mail;
	struct msg_submit m = describe(s);
	struct msg_submitted answer = { 0 };
	struct why why = { 0 };
	int r = t->fd < 0 ? 0 : fd_seal(t->fd, &why);

	if (r == 0)
		r = s->outside->submit(s->outside->ctx, &m, t->fd, s->policy->conf, t->arena,
				       &answer, &why);
	if (r == 0 && !reply_valid(answer.code, answer.enhanced))
		r = why_set(&why, -EPROTO, "code %llu %.*s", (unsigned long long)answer.code,
			    STR_ARG(answer.enhanced));
	if (r < 0) {
		s->outside->trouble(s->outside->ctx, s, "submit", &why);
		answer = (struct msg_submitted){ 451, STR("4.3.0"), temporary, STR("") };
	}
	count_answer(s, answer.code);
	smtpsession_reply(s, (unsigned)answer.code, answer.enhanced, answer.text);
}

static void refuse_size(struct smtpsession *s)
{
	char text[96];

	snprintf(text, sizeof(text), "Messages of more than %llu bytes are not accepted",
		 (unsigned long long)s->policy->conf->smtp.max_message_bytes);
	smtpsession_refuse(s, 552, STR("5.3.4"), str_c(text), s->mail->reverse_path);
}

void reception_finish(struct smtpsession *s)
{
	struct transaction *t = s->mail;
	int64_t began = clock_now_us();

	/* A refusal may end the session: the state must be right before. */
	s->state = SMTPSESSION_READY;
	if (t->data.bare) {
		count_answer(s, 550);
		smtpsession_refuse(s, 550, STR("5.6.0"),
				   STR("The message has bare carriage returns or line feeds; lines "
				       "end in CRLF"),
				   t->reverse_path);
	} else if (t->too_large) {
		count_answer(s, 552);
		refuse_size(s);
	} else if (t->no_room) {
		count_answer(s, 452);
		smtpsession_refuse(s, 452, STR("4.3.1"),
				   STR("Too many messages at the moment, try again later"),
				   t->reverse_path);
	} else if (t->failed) {
		count_answer(s, 451);
		smtpsession_reply(s, 451, STR("4.3.0"), temporary);
	} else {
		hand_over(s);
	}
	metrics_observe(METRIC_edge_reply, (uint64_t)(clock_now_us() - began));
	smtpsession_reset(s);
}

bool reception_peek(struct smtpsession *s, str *ret)
{
	struct why why = { 0 };
	int r = stream_peek(s->io, 0, ret, &why);

	if (r == STREAM_E_TIMEOUT)
		s->waiting = true;
	else if (r != STREAM_OK)
		smtpsession_over(s, r < 0 ? "connection lost in the message"
					  : "closed in the message");
	return r == STREAM_OK;
}

void reception_take(struct smtpsession *s)
{
	size_t used, kept;
	str bytes;

	if (!reception_peek(s, &bytes))
		return;
	/* In place: the buffer was lent to us, what is consumed is read by nobody else. */
	kept = data_unstuff(&s->mail->data, s->io->in + s->io->in_at, bytes.n, &used);
	keep(s, str_of(bytes.p, kept));
	stream_consume(s->io, used);
	if (data_ended(&s->mail->data))
		reception_finish(s);
}

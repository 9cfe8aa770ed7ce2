#include "smtp/smtp_verbs.h"
#include "tls/tlsstream.h"

/* STARTTLS (RFC 3207 4). */
void verb_starttls(struct smtpsession *s, str args)
{
	struct why why = { 0 };

	if (args.n) {
		smtpsession_refuse(s, 501, STR("5.5.4"), STR("STARTTLS has no argument"), args);
		return;
	}
	if (!s->policy->tls || tlsstream_active(s->io)) {
		smtpsession_refuse(s, 503, STR("5.5.1"), STR("STARTTLS is not offered now"), args);
		return;
	}
	smtpsession_reply(s, 220, STR("2.0.0"), STR("Go ahead with TLS"));
	smtpsession_flush(s);
	if (s->state == SMTPSESSION_OVER)
		return;
	/* Whatever was sent behind the command in clear is someone else's, or a mistake:
	 * it must not be read as if it had come through TLS. */
	(void)stream_discard_input(s->io);
	/* Everything the client said in clear is forgotten (RFC 3207 4.2). */
	smtpsession_reset(s);
	s->helo_n = 0;
	s->esmtp = false;
	s->state = SMTPSESSION_START;
	if (tlsstream_accept(s->io, s->policy->tls, &why) < 0) {
		s->outside->trouble(s->outside->ctx, s, "tls", &why);
		smtpsession_over(s, "TLS could not begin");
	} else if (s->listener->client_cert) {
		tlsstream_ask_certificate(s->io);
	}
	s->tls_began = clock_now_us();
}

/* relay/smtpclient.h - the client's side of SMTP (RFC 5321) and LMTP (RFC 2033).
 *
 * Extensions used when offered: PIPELINING (RFC 2920), SIZE (RFC 1870), 8BITMIME
 * (RFC 6152), SMTPUTF8 (RFC 6531), DSN (RFC 3461), REQUIRETLS (RFC 8689), LIMITS
 * (RFC 9422; who sends keeps to them), STARTTLS (RFC 3207; the handshake is the caller's).
 * An 8-bit message goes to a server without 8BITMIME as it is: every server of today
 * passes it on, and converting would break signatures.
 *
 * Input    hostile server; addresses, parameters and bodies checked by the caller.
 * Memory   embedded in its owner; the stream and its buffers are borrowed.
 * Limits   SMTPCLIENT_RCPT_BATCH commands in flight, so that neither side can fill up;
 *          timeout_ms for each reply, and the deadline of the whole.
 * Threads  one at a time.
 * Errors   SMTPCLIENT_E_* below; the connection is then useless but for E_REFUSED.
 */
#ifndef RELAY_SMTPCLIENT_H
#define RELAY_SMTPCLIENT_H

#include "base/why.h"
#include "relay/smtpreply.h"
#include "sys/stream.h"

enum {
	SMTPCLIENT_OK,
	SMTPCLIENT_E_REFUSED, /* the server said no, see the reply */
	SMTPCLIENT_E_LOST,    /* closed, too slow, or no SMTP; why says */
	SMTPCLIENT_E_STALE, /* a kept connection had ended before it saw anything of this message */
};
enum {
	SMTPCLIENT_RECIPIENTS =
		100, /* of one transaction: every server takes so many (RFC 5321 4.5.3.1.8) */
	SMTPCLIENT_RCPT_BATCH = 50,
};

enum smtpclient_ext {
	SMTPCLIENT_PIPELINING = 1 << 0,
	SMTPCLIENT_SIZE = 1 << 1,
	SMTPCLIENT_8BITMIME = 1 << 2,
	SMTPCLIENT_SMTPUTF8 = 1 << 3,
	SMTPCLIENT_STARTTLS = 1 << 4,
	SMTPCLIENT_DSN = 1 << 5,
	SMTPCLIENT_REQUIRETLS = 1 << 6,
};

/* What is to become of one recipient. The numbers are those of message delivered. */
enum { SMTPCLIENT_DELIVERED = 0, SMTPCLIENT_LATER = 4, SMTPCLIENT_NEVER = 5 };

struct smtpclient {
	struct stream *s;
	bool lmtp;
	str name;	    /* ours, for EHLO or LHLO */
	int64_t timeout_ms; /* for each reply; twice that after the final dot */
	deadline until;	    /* of everything, whatever the server does */
	unsigned ext;	    /* enum smtpclient_ext, as the server offered */
	uint64_t size_max;  /* its SIZE; 0: not said */
	uint64_t rcpt_max;  /* its LIMITS RCPTMAX, recipients of one transaction; 0: not said */
	uint64_t mail_max;  /* its LIMITS MAILMAX, transactions of one connection; 0: not said */
	bool is_us;	    /* it greets with our own name */
	unsigned sent;	    /* messages this connection was used for */
	bool reset_first;   /* the last one was not completed */
};

struct smtpclient_job {
	str reverse_path;      /* as in MAIL FROM, without brackets; empty: null path */
	const str *recipients; /* as in RCPT TO, without brackets */
	size_t n_recipients;
	str body; /* CRLF line ends, not dot-stuffed */
	bool body_8bit, smtputf8;
	bool requiretls; /* RFC 8689: asked of the server; the caller has checked the rest */
	str mail_params; /* DSN parameters behind MAIL, as dsnparams_put_mail; may be empty */
	const str *rcpt_params; /* behind each RCPT; NULL: none at all */
};

/* Greeting and EHLO (HELO when that is refused) or LHLO. */
int smtpclient_greet(struct smtpclient *c, struct smtpreply *reply, struct why *why) must_use;
/* EHLO again, after STARTTLS. */
int smtpclient_hello(struct smtpclient *c, struct smtpreply *reply, struct why *why) must_use;
/* E_OK: the server waits for the handshake; nothing it said before may be believed. */
int smtpclient_starttls(struct smtpclient *c, struct smtpreply *reply, struct why *why) must_use;
/* One transaction. Except with E_STALE, outcome holds one number for each recipient,
 * whatever is returned, and reply the most telling answer. */
int smtpclient_send(struct smtpclient *c, const struct smtpclient_job *job, uint64_t *outcome,
		    struct smtpreply *reply, struct why *why) must_use;
/* Says QUIT and does not wait. */
void smtpclient_quit(struct smtpclient *c);

/* True when every LF follows a CR and every CR is followed by LF: only such a body may be
 * sent, or the next hop may see a second message in it (SMTP smuggling). */
bool smtpclient_body_is_strict(str body);

#endif

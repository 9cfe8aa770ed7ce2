/* audit/talk.h - one connection to the gateway that is audited, command by command, with every
 * word of it kept for the report.
 *
 * Nothing is checked that is sent: breaking the rules of RFC 5321 is what an audit is for.
 *
 * Input    hostile server.
 * Memory   buffers and transcript in the caller's arena; talk_close ends the connection.
 * Limits   timeout_ms for each reply; TALK_TRANSCRIPT_MAX bytes of transcript, TALK_LINE_SHOWN of
 *          each line; a reply as in relay/smtpreply.h.
 * Threads  one at a time.
 * Errors   TALK_E_*: what the server did instead of answering.
 */
#ifndef AUDIT_TALK_H
#define AUDIT_TALK_H

#include "base/ip.h"
#include "relay/smtpreply.h"
#include "sys/stream.h"

enum {
	TALK_OK,
	TALK_E_UNREACHED, /* no connection */
	TALK_E_CLOSED,
	TALK_E_SILENT, /* no reply in time */
	TALK_E_SYNTAX, /* what came is no reply */
	TALK_E_TLS,
};
enum { TALK_TRANSCRIPT_MAX = 6 << 10, TALK_LINE_SHOWN = 240, TALK_BUFFER = 64 << 10 };

enum talk_ext {
	TALK_STARTTLS = 1 << 0,
	TALK_XCLIENT = 1 << 1,
	TALK_8BITMIME = 1 << 2,
	TALK_SIZE = 1 << 3,
	TALK_AUTH = 1 << 4,
	TALK_SMTPUTF8 = 1 << 5,
	TALK_REQUIRETLS = 1 << 6,
};

struct talk_target {
	struct ip ip;
	uint16_t port;
	str host;		    /* as it was asked for: the name for TLS */
	str name;		    /* ours, for EHLO */
	struct ssl_ctx_st *tls_ctx; /* NULL: never TLS */
	int64_t timeout_ms;
	/* A connected socket instead of one to ip and port; negative: there is none. */
	int (*connect)(void *ctx);
	void *connect_ctx;
};

struct talk {
	const struct talk_target *to;
	int fd;
	struct stream io;
	unsigned ext;	   /* enum talk_ext, of the last EHLO */
	uint64_t size_max; /* 0: not said */
	struct smtpreply greeting;
	struct strbuf transcript;
	bool tls;
};

/* Connects; the greeting is not read yet. */
int talk_open(struct talk *t, const struct talk_target *to, struct arena *a) must_use;
void talk_close(struct talk *t);

/* Bytes as they are. */
int talk_send(struct talk *t, str bytes) must_use;
/* Bytes that the transcript only counts. */
int talk_send_quietly(struct talk *t, str bytes) must_use;
int talk_reply(struct talk *t, int64_t ms, struct smtpreply *ret) must_use;
/* A line, CRLF added, and its reply. */
int talk_ask(struct talk *t, str line, struct smtpreply *ret) must_use;

int talk_greeting(struct talk *t, struct smtpreply *ret) must_use;
/* EHLO, or HELO when that is refused. */
int talk_hello(struct talk *t, str name, struct smtpreply *ret) must_use;
/* STARTTLS and the handshake. A server that says no is not an error: see the reply. */
int talk_starttls(struct talk *t, struct smtpreply *ret) must_use;
/* In the place of that client (Postfix, XCLIENT_README); afterwards EHLO is due again. */
int talk_xclient(struct talk *t, str client_ip, str helo, struct smtpreply *ret) must_use;

/* A remark in the transcript. */
void talk_note(struct talk *t, const char *text);
/* "closed the connection" and the like. */
const char *talk_trouble(int error);

#endif

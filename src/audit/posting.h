/* audit/posting.h - one message handed to the gateway that is audited: how far it came.
 *
 * A connection and a transaction of its own for each message, so that none stands in the way of
 * the next. STARTTLS when it is offered; XCLIENT when it is, so that the gateway sees the client
 * that the message is from.
 *
 * Input    hostile server; bytes and envelope are ours.
 * Memory   in the caller's arena.
 * Limits   as audit/talk.h.   Threads  pure apart from the connection.   Errors  in the result.
 */
#ifndef AUDIT_POSTING_H
#define AUDIT_POSTING_H

#include "audit/talk.h"

enum posting_stage {
	POSTING_CONNECT,
	POSTING_GREETING,
	POSTING_HELLO,
	POSTING_TLS,
	POSTING_XCLIENT,
	POSTING_MAIL,
	POSTING_RCPT,
	POSTING_DATA,
	POSTING_END,
	POSTING_STAGES
};

struct posting_letter {
	str client_ip, helo; /* for XCLIENT; helo is said in any case */
	str reverse_path, recipient, bytes;
};

struct posting {
	enum posting_stage stage; /* that its reply is from */
	int code;		  /* 0: there was none */
	str text;
	bool as_client; /* XCLIENT was taken */
	bool tls;
	str transcript;
};

void posting_send(const struct talk_target *to, struct arena *a, const struct posting_letter *l,
		  struct posting *ret);
/* "connect", "MAIL", "end of data" */
const char *posting_stage_name(enum posting_stage s);
bool posting_stage_parse(str name, enum posting_stage *ret) must_use;

#endif

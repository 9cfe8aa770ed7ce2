/* audit/passage.h - one message handed to the gateway that is audited: how far it came.
 *
 * A connection and a transaction of its own for each message, so that none stands in the way of
 * the next. STARTTLS when it is offered; XCLIENT when it is, so that the gateway sees the client
 * that the message is from.
 *
 * Input    hostile server; bytes and envelope are ours.
 * Memory   in the caller's arena.
 * Limits   as audit/talk.h.   Threads  pure apart from the connection.   Errors  in the result.
 */
#ifndef AUDIT_PASSAGE_H
#define AUDIT_PASSAGE_H

#include "audit/talk.h"

enum passage_stage {
	PASSAGE_CONNECT,
	PASSAGE_GREETING,
	PASSAGE_HELLO,
	PASSAGE_TLS,
	PASSAGE_XCLIENT,
	PASSAGE_MAIL,
	PASSAGE_RCPT,
	PASSAGE_DATA,
	PASSAGE_END,
	PASSAGE_STAGES
};

struct passage_letter {
	str client_ip, helo; /* for XCLIENT; helo is said in any case */
	str reverse_path, recipient, bytes;
};

struct passage {
	enum passage_stage stage; /* that its reply is from */
	int code;		  /* 0: there was none */
	str text;
	bool as_client; /* XCLIENT was taken */
	bool tls;
	str transcript;
};

void passage_send(const struct talk_target *to, struct arena *a, const struct passage_letter *l,
		  struct passage *ret);
/* "connect", "MAIL", "end of data" */
const char *passage_stage_name(enum passage_stage s);
bool passage_stage_parse(str name, enum passage_stage *ret) must_use;

#endif

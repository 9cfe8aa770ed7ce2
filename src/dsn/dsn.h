/* dsn/dsn.h - delivery status notifications: multipart/report messages (RFC 3464, RFC 6522)
 * that tell a sender what became of his message, in words and for programs.
 *
 * Whether one is due, and where it goes, is decided elsewhere. The whole message is 7-bit
 * but for the address in To:, which is as the sender wrote it (RFC 6533).
 *
 * Input    hostile: addresses, parameters, replies of next hops, the original message.
 * Memory   what is written is in the caller's strbuf.
 * Limits   DSN_*_MAX; linear. Recipients beyond DSN_TEXT_RECIPIENTS are only in the part for
 *          programs.
 * Threads  pure: time and names come in.
 * Errors   cannot fail but for the strbuf's maximum (DSN_MAX is enough).
 */
#ifndef DSN_DSN_H
#define DSN_DSN_H

#include "base/strbuf.h"

enum {
	DSN_MAX = 8 << 20,
	/* Longer originals come back as their header only: a notification is no second mail. */
	DSN_WHOLE_MAX = 64 << 10,
	DSN_HEADER_MAX = 64 << 10, /* of the original's header */
	DSN_TEXT_RECIPIENTS = 50,
	DSN_DIAGNOSTIC_MAX = 600,
	DSN_STATUS_MAX = 11, /* "5.123.123" (RFC 3463 2) */
};

/* RFC 3464 2.3.3. */
enum dsn_action { DSN_FAILED, DSN_DELAYED, DSN_DELIVERED, DSN_RELAYED, DSN_ACTIONS };

struct dsn_recipient {
	str address;	/* as it was in the envelope */
	str orcpt;	/* as behind RCPT: type ";" xtext; empty: none */
	str status;	/* "5.1.1" */
	str remote;	/* name of the host that said so; empty: not to be told */
	str diagnostic; /* its reply; empty: not to be told */
	bool expired;	/* given up for its age */
};

struct dsn_report {
	enum dsn_action action; /* of all recipients */
	bool french;		/* French before English */
	str hostname;		/* ours */
	str id;			/* of this message: letters, digits, "-" */
	int64_t now, arrived;	/* seconds since 1970 */
	int64_t retry_until;	/* DSN_DELAYED: seconds since 1970 */
	str to;			/* who sent the original */
	str envid;		/* xtext, as behind MAIL; empty: none */
	const struct dsn_recipient *recipients;
	size_t n;
	str original;	   /* the message */
	bool headers_only; /* he asked for no more of it (RET=HDRS) */
};

void dsn_put(struct strbuf *out, const struct dsn_report *r);
/* The enhanced status code (RFC 3463) of a reply: the one it has, when its class is that
 * of the action, or one made from the reply code; expired: 4.4.7. */
str dsn_status(struct arena *a, enum dsn_action action, str reply, bool expired) must_use;
/* The codes of a reply without its words, which may name hosts and rules inside. */
str dsn_codes(str reply);

#endif

/* mail/dsnparams.h - what a sender asks to be told about the delivery (RFC 3461): RET and
 * ENVID behind MAIL, NOTIFY and ORCPT behind RCPT.
 *
 * Input    hostile: parameters of SMTP commands, or the text that dsnparams_put_* wrote.
 * Memory   values point into the input, in the xtext they came in.
 * Limits   DSNPARAMS_ENVID_MAX, DSNPARAMS_ORCPT_MAX (RFC 3461 4.4, 4.2); the written text is
 *          at most DSNPARAMS_MAIL_MAX or DSNPARAMS_RCPT_MAX bytes. Linear.
 * Threads  pure.
 * Errors   DSNPARAMS_E_*; what was taken before stays as it was.
 */
#ifndef MAIL_DSNPARAMS_H
#define MAIL_DSNPARAMS_H

#include "base/strbuf.h"

enum {
	DSNPARAMS_OK,
	DSNPARAMS_E_SYNTAX,  /* a value of the wrong form or too long, or a keyword twice */
	DSNPARAMS_E_UNKNOWN, /* another keyword */
};
enum {
	DSNPARAMS_ENVID_MAX = 100,
	DSNPARAMS_ORCPT_MAX = 500, /* with its type */
	DSNPARAMS_MAIL_MAX = 15 + DSNPARAMS_ENVID_MAX,
	DSNPARAMS_RCPT_MAX = 35 + DSNPARAMS_ORCPT_MAX,
};

enum dsnparams_ret { DSNPARAMS_RET_NONE, DSNPARAMS_RET_FULL, DSNPARAMS_RET_HDRS };

/* Bits. NEVER stands alone. None at all: the sender left it to us, which means failures,
 * and delays if we like (RFC 3461 4.1). */
enum dsnparams_notify {
	DSNPARAMS_NOTIFY_NEVER = 1 << 0,
	DSNPARAMS_NOTIFY_SUCCESS = 1 << 1,
	DSNPARAMS_NOTIFY_FAILURE = 1 << 2,
	DSNPARAMS_NOTIFY_DELAY = 1 << 3,
};

/* A zeroed one: nothing was asked. */
struct dsnparams_mail {
	enum dsnparams_ret ret;
	str envid; /* xtext of printable ASCII; p is NULL: none */
};

struct dsnparams_rcpt {
	unsigned notify; /* DSNPARAMS_NOTIFY_* */
	str orcpt;	 /* "rfc822;xtext", of printable ASCII once decoded; p is NULL: none.
			  * With type "utf-8" it may hold UTF-8 as it is (RFC 6533 3). */
};

/* One parameter, cut at its "="; value.p is NULL when there is none. utf8: SMTPUTF8 was
 * asked for, so an ORCPT may hold UTF-8. */
int dsnparams_take_mail(struct dsnparams_mail *p, str keyword, str value) must_use;
int dsnparams_take_rcpt(struct dsnparams_rcpt *p, bool utf8, str keyword, str value) must_use;
/* All of them, with spaces between: "RET=HDRS ENVID=QQ314159", "NOTIFY=NEVER", or nothing. */
int dsnparams_parse_mail(str text, struct dsnparams_mail *ret) must_use;
int dsnparams_parse_rcpt(str text, struct dsnparams_rcpt *ret) must_use;
/* The text that parses to the same, keywords in upper case, one space between; nothing when
 * nothing was asked. */
void dsnparams_put_mail(struct strbuf *out, struct dsnparams_mail p);
void dsnparams_put_rcpt(struct strbuf *out, struct dsnparams_rcpt p);

/* What an xtext stands for (RFC 3461 4): for Original-Envelope-Id, Original-Recipient. False
 * when it is none; what was written before stays. Bytes of any kind may come out, but not
 * from the values of this file. */
bool dsnparams_decode(str xtext, struct strbuf *out) must_use;

#endif

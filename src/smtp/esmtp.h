/* smtp/esmtp.h - what stands behind the paths of MAIL and RCPT (RFC 5321 4.1.2, esmtp-param).
 *
 * Input    hostile: the rest of a command line.
 * Memory   values point into the input.
 * Limits   the line's; linear.
 * Threads  pure.
 * Errors   ESMTP_E_*; *ret untouched.
 */
#ifndef SMTP_ESMTP_H
#define SMTP_ESMTP_H

#include "mail/dsnparams.h"

enum {
	ESMTP_OK,
	ESMTP_E_SYNTAX,	 /* not SP keyword [= value], a value of the wrong form, or twice */
	ESMTP_E_UNKNOWN, /* an extension that is not offered */
};

struct esmtp {
	uint64_t size;	 /* RFC 1870; 0: not declared */
	bool body_8bit;	 /* BODY=8BITMIME, RFC 6152 */
	bool smtputf8;	 /* RFC 6531 */
	bool requiretls; /* RFC 8689 */
	struct dsnparams_mail dsn;
};

int esmtp_parse_mail(str rest, struct esmtp *ret) must_use;
/* utf8: MAIL had SMTPUTF8. */
int esmtp_parse_rcpt(str rest, bool utf8, struct dsnparams_rcpt *ret) must_use;

#endif

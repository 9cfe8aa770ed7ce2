/* mail/msgid.h - a Message-ID taken apart (RFC 5322 3.6.4).
 *
 * Input    hostile: an unfolded field value.   Memory  slices of it.
 * Limits   linear.   Threads  pure.   Errors  what is wrong is a flag.
 */
#ifndef MAIL_MSGID_H
#define MAIL_MSGID_H

#include "base/str.h"

enum msgid_flags {
	MSGID_INVALID = 1 << 0,	    /* no "@", an empty side, blanks or other bytes inside */
	MSGID_NO_BRACKETS = 1 << 1, /* not "<...>" */
	MSGID_BARE_IP = 1 << 2,	    /* right side 192.0.2.1 */
	MSGID_IP_LITERAL = 1 << 3,  /* right side [192.0.2.1] */
	MSGID_NOT_FQDN = 1 << 4,    /* right side without a dot */
};

struct msgid {
	str left, right; /* of the last "@"; right may be empty */
	uint32_t flags;	 /* enum msgid_flags */
};

struct msgid msgid_read(str value);

#endif

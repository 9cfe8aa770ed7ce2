/* policy/envelope.h - how a message arrived: everything that is not in its own bytes.
 *
 * Input    hostile text, already bounded and free of control characters (SMTP grammar).
 * Memory   borrows from whoever filled it.   Threads  const.
 */
#ifndef POLICY_ENVELOPE_H
#define POLICY_ENVELOPE_H

#include "base/arena.h"

struct envelope {
	str sid, mid;  /* identifiers of the session and of the message */
	str client_ip; /* text, empty when unknown */
	str helo;
	str login;	  /* of the user, at the proxy in front of us; empty: nobody logged in */
	bool esmtp;	  /* EHLO was said */
	str reverse_path; /* without brackets; empty for <> */
	bool has_reverse_path; /* false: unknown, as for a file without envelope */
	str *recipients;
	size_t n_recipients;
	str tls_version; /* "TLSv1.3", empty without TLS */
	str tls_cipher;
	int64_t received_at; /* wall clock, seconds */
};

#endif

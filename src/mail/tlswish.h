/* mail/tlswish.h - what a sender asks of the transport of a message (RFC 8689).
 *
 * Memory   const.   Threads  pure.   Errors  cannot fail.
 */
#ifndef MAIL_TLSWISH_H
#define MAIL_TLSWISH_H

enum tls_wish {
	TLS_WISH_NONE,
	TLS_WISH_REQUIRED, /* REQUIRETLS: verified TLS all the way, or not at all */
	TLS_WISH_OPTIONAL, /* "TLS-Required: No": delivery matters more than any TLS policy */
	TLS_WISHES
};

#endif

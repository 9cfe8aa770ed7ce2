/* smtp/proxyheader.h - the PROXY protocol, versions 1 and 2: what a proxy says in front of a
 * connection about the client behind it.
 *
 * Input    hostile unless the peer is trusted: the first bytes of a connection.
 * Memory   by value.
 * Limits   PROXYHEADER_MAX bytes of header; linear.
 * Threads  pure.
 * Errors   PROXYHEADER_E_*; *ret untouched.
 */
#ifndef SMTP_PROXYHEADER_H
#define SMTP_PROXYHEADER_H

#include "base/ip.h"

enum { PROXYHEADER_MAX = 4096 }; /* version 2 could say 65551: nobody sends such extensions */
enum {
	PROXYHEADER_OK,
	PROXYHEADER_E_MORE,   /* a whole header may still come of it */
	PROXYHEADER_E_SYNTAX, /* no header, or too long */
};

struct proxyheader {
	size_t length;	 /* of the header, at the start of the input */
	bool has_client; /* false: LOCAL or UNKNOWN, the connection is the proxy's own */
	struct ip client;
	uint16_t port;
};

int proxyheader_parse(str in, struct proxyheader *ret) must_use;

#endif

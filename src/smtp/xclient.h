/* smtp/xclient.h - the attributes of XCLIENT: what a proxy that speaks SMTP says about the
 * client behind it (Postfix, XCLIENT_README).
 *
 * Input    hostile unless the peer is trusted: the arguments of the command.
 * Memory   the name is in the arena.
 * Limits   the line's; a value of XCLIENT_VALUE_MAX bytes. Linear.
 * Threads  pure.
 * Errors   false; *ret untouched.
 */
#ifndef SMTP_XCLIENT_H
#define SMTP_XCLIENT_H

#include "base/ip.h"

enum { XCLIENT_VALUE_MAX = 255, XCLIENT_LOGIN_MAX = 128 };

/* What this server offers behind the keyword in EHLO. */
#define XCLIENT_ATTRIBUTES "NAME ADDR PORT PROTO HELO LOGIN DESTADDR DESTPORT"

struct xclient {
	bool has_addr, has_helo, has_proto, has_login;
	struct ip addr; /* n is 0: the proxy does not know */
	uint16_t port;	/* 0: not said, or not known */
	str helo;	/* one word of valid UTF-8; empty: not known */
	bool esmtp;
	str login; /* who logged in to the proxy; empty: nobody */
		   /* NAME, DESTADDR, DESTPORT are read and not used: names are looked up here. */
};

/* name=xtext *(SP name=xtext); names in any case, each once. */
bool xclient_parse(str args, struct arena *a, struct xclient *ret) must_use;

#endif

/* url/urlhost.h - the host of a URL (https://url.spec.whatwg.org, 3.5): names with IDNA by
 * UTS #46, IPv4 addresses in all their forms, IPv6 addresses, opaque hosts.
 *
 * Input    hostile, valid UTF-8.   Memory  the caller's arena.
 * Limits   URLHOST_MAX bytes for names that need IDNA: longer ones are refused, since ICU's
 *          work on a label is not linear. Everything else is linear.
 * Threads  pure.   Errors  false: no browser takes this for a host.
 */
#ifndef URL_URLHOST_H
#define URL_URLHOST_H

#include "base/ip.h"

enum { URLHOST_MAX = 2000 };

enum urlhost_kind {
	URLHOST_NONE,	/* "mailto:..." has none */
	URLHOST_EMPTY,	/* "file:///..." */
	URLHOST_NAME,	/* domain, in ASCII */
	URLHOST_IPV4,	/* dotted decimal, however it was written */
	URLHOST_IPV6,	/* with its brackets */
	URLHOST_OPAQUE, /* of a scheme that is not special */
};

struct urlhost {
	enum urlhost_kind kind;
	str text;    /* serialised */
	str unicode; /* of a name: as the reader sees it, without "xn--" */
	struct ip ip;
};

/* *odd gets URL_ODD_* of url/url.h. */
bool urlhost_parse(struct arena *a, str in, bool special, struct urlhost *ret, uint32_t *odd)
	must_use;
bool urlhost_ascii(str s);

#endif

/* url/url.h - URLs as browsers read them: parser and serialiser of the WHATWG URL standard
 * (https://url.spec.whatwg.org, 4.4 and 4.5), and what was odd about the spelling.
 *
 * Input    hostile bytes; what is no UTF-8 becomes U+FFFD, as a browser would decode it.
 * Memory   href and path are new in the caller's arena, the other strings may be slices of
 *          the input or of the base.
 * Limits   none of its own: linear in the input. The query is always encoded as UTF-8.
 * Threads  pure.
 * Errors   false where the standard says failure; *ret is then untouched.
 */
#ifndef URL_URL_H
#define URL_URL_H

#include "url/urlhost.h"

enum { URL_NO_PORT = -1 };

/* What a browser repairs in silence. */
enum url_odd {
	URL_ODD_BLANKS = 1 << 0,    /* tab or line end before the path */
	URL_ODD_BACKSLASH = 1 << 1, /* "\" where "/" belongs, before the query */
	URL_ODD_SLASHES = 1 << 2,   /* not two slashes behind "http:" */
	URL_ODD_USERINFO = 1 << 3,  /* "name@" before the host */
	URL_ODD_PERCENT = 1 << 4,   /* the host is written with %XX */
	URL_ODD_MAPPED = 1 << 5, /* letters, digits or dots of the host in disguise, or invisible */
	URL_ODD_NUMBER = 1 << 6, /* an IPv4 address in another form than 1.2.3.4 */
};

struct url {
	str scheme; /* lower case, without the colon */
	str username, password;
	struct urlhost host;
	int port; /* URL_NO_PORT also for the scheme's own */
	str path; /* as serialised: "/a/b", or the opaque path of "mailto:" and the like */
	bool opaque;
	bool has_query, has_fragment;
	str query, fragment; /* without "?" and "#" */
	str href;	     /* the whole, serialised */
	uint32_t odd;	     /* URL_ODD_* */
	struct url_path {
		ARENA_VEC(str) part; /* "/a/b" in pieces, for the next URL that is relative to it */
	} pieces;
};

/* base may be NULL. */
bool url_parse(struct arena *a, str in, const struct url *base, struct url *ret) must_use;
/* http, https, ws, wss, ftp, file. */
bool url_special(const struct url *u);

#endif

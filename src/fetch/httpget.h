/* fetch/httpget.h - one question by HTTP to somebody else's server (RFC 9110), and what it says.
 *
 * Nobody outside chooses where we connect: the host's addresses are asked of our own resolver, all
 * of them have to be the Internet's (net/publicip.h) or in allow_private, and the connection is
 * made to those very addresses, by a proxy too. Redirections are answers, never followed here.
 *
 * Input    URL, answer and certificates of strangers: hostile.
 * Memory   in the caller's arena.
 * Limits   the deadline; max_bytes of a body, unpacked; HTTPGET_FIELD_MAX of a header field that
 *          is kept; HTTPGET_ADDRESSES of a host.
 * Threads  any number, after httpget_begin.
 * Errors   negative errno and a why: no answer. HTTPGET_E_INTERNAL: a host with an address that
 *          is not the Internet's; no connection was made. Every status code is an answer.
 */
#ifndef FETCH_HTTPGET_H
#define FETCH_HTTPGET_H

#include "base/why.h"
#include "conf/conf.h"
#include "dns/dns.h"

enum { HTTPGET_FIELDS = 6, HTTPGET_FIELD_MAX = 4096, HTTPGET_ADDRESSES = 8 };
enum { HTTPGET_OK, HTTPGET_E_INTERNAL };

/* How others are reached. */
struct httpget_ways {
	struct dns_resolver dns;
	struct conf_networks allow_private;
	struct conf_peer proxy;
	str agent; /* who we say we are */
};

struct httpget {
	str url;
	bool plain; /* http is allowed too */
	bool head;
	str post;	  /* when there is one: POST of it */
	bool cut;	  /* of a longer body the beginning is enough */
	size_t max_bytes; /* of the body */
	str ca;		  /* PEM certificates of authorities */
	str fields[HTTPGET_FIELDS];
	size_t n_fields; /* "Accept: text/plain" */
	deadline until;
};

struct httpget_answer {
	long code;
	str body;
	/* Fields, empty when absent: Location, ETag, Last-Modified, Content-Type,
	 * Content-Disposition, Refresh, X-TAXII-Date-Added-Last. */
	str location, etag, modified, type, disposition, refresh, added_last;
};

/* Once, before there are threads and before the sandbox. */
int httpget_begin(struct why *why) must_use;
int httpget_run(const struct httpget_ways *w, struct arena *a, const struct httpget *q,
		struct httpget_answer *ret, struct why *why) must_use;

#endif

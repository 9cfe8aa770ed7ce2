/* fetch/httpaddress.h - the addresses of a host that somebody else named, when all of them may be
 * connected to. One that is not the Internet's is enough to refuse the host: a name that leads
 * inside is no honest one, and which address would be taken is the resolver's chance.
 *
 * Input    hostile.   Memory  by value; scratch in the arena.
 * Limits   HTTPGET_ADDRESSES are kept, all are looked at.
 * Threads  as the resolver.
 * Errors   as fetch/httpget.h.
 */
#ifndef FETCH_HTTPADDRESS_H
#define FETCH_HTTPADDRESS_H

#include "fetch/httpget.h"
#include "url/url.h"

struct httpaddress {
	struct ip v[HTTPGET_ADDRESSES];
	size_t n;
};

int httpaddress_find(const struct httpget_ways *w, struct arena *a, const struct urlhost *host,
		     deadline until, struct httpaddress *ret, struct why *why) must_use;
/* Of our own configuration: any address will do. */
int httpaddress_of_proxy(const struct httpget_ways *w, struct arena *a, deadline until,
			 struct httpaddress *ret, struct why *why) must_use;

#endif

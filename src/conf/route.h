/* conf/route.h - where mail for a domain goes: the rows of delivery.routes, and
 * delivery.next_hop for what no row matches.
 *
 *   PATTERN NEXTHOP [OPTION=VALUE ...]
 *   PATTERN  example.org | *.example.org (what is below, not itself) | *
 *   NEXTHOP  mx | smtp:HOST:PORT | lmtp:HOST:PORT | lmtp:unix:/PATH | maildir | reject
 *   OPTION   tls=none|may|encrypt|verify|dane   instead of delivery.tls
 *            connections=N   at the same moment, to one destination
 *            verify=NAME     the name its certificate must have, instead of HOST
 *
 * The most specific row holds: the whole name, then the longest wildcard, then "*". What no
 * row matches goes to delivery.next_hop, or by dsn.via when it is set and the domain is not
 * ours: in role mx that is a notification on its way to a sender. The
 * store schedules by the destination, the relay delivers by the route: both ask here.
 *
 * Input    rows of the administrator; domains are hostile.
 * Memory   all in the caller's arena; the table borrows from the configuration.
 * Limits   ROUTE_ROWS rows; ROUTE_DESTINATION_MAX bytes a destination. Linear in a
 *          domain's length.
 * Threads  const once made.
 * Errors   negative errno and a why: row and word, what was found, what was expected.
 */
#ifndef CONF_ROUTE_H
#define CONF_ROUTE_H

#include "base/map.h"
#include "conf/conf.h"

enum {
	ROUTE_ROWS = 1000,
	ROUTE_DESTINATION_MAX = 260, /* as field destination of message deliver */
	ROUTE_MX_CONNECTIONS = 10,   /* to a domain of the Internet, unless its row says */
};

struct route {
	str pattern;
	struct conf_peer to; /* MX, SMTP, LMTP, LMTP_UNIX, MAILDIR or REJECT */
	enum conf_client_tls tls;
	uint32_t connections; /* to one destination */
	str verify;	      /* empty: to.at.host, or the name of the MX host */
	str destination;      /* with MX without its domain */
};

struct route_table {
	struct map rows;		    /* of struct route by pattern */
	struct route fallback;		    /* delivery.next_hop */
	struct route away;		    /* dsn.via, for domains that are not ours */
	const struct conf_strings *domains; /* ours; NULL: there is no such way */
	str own;			    /* the domain of <postmaster> without one */
	bool has_maildir;
};

int route_table_make(struct arena *a, const struct conf *c, struct route_table *ret,
		     struct why *why) must_use;
/* Never NULL. domain as in an address: any case; empty for <postmaster>. */
const struct route *route_find(const struct route_table *t, str domain);
/* What is scheduled as one: "smtp:[::1]:25", "mx:example.org", "lmtp:unix:/path",
 * "maildir", "reject"; options that concern TLS are part of it ("smtp:a:25 tls=verify").
 * Lower case as far as names go, at most ROUTE_DESTINATION_MAX bytes. */
str route_destination(struct arena *a, const struct route_table *t, str domain) must_use;

#endif

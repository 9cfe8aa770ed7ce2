/* relay/dial.h - one connection to one address, ready for messages: connected, greeted, and
 * with the TLS that is needed.
 *
 * Without TLS sockets are blocking, with SOCKET_WAIT_MS of patience in the kernel: an answer
 * that is awaited costs one call then. Deadlines may be passed by that much.
 *
 * Input    hostile server; the address may come from a stranger's DNS.
 * Memory   a connection owns its arena; connection_free ends it.
 * Limits   DIAL_CONNECT_MS for the connection, timeout_ms for each answer, until for all.
 * Threads  one at a time for each connection.
 * Errors   DIAL_E_* and a why that begins with an enhanced status (RFC 3463).
 */
#ifndef RELAY_DIAL_H
#define RELAY_DIAL_H

#include "base/ip.h"
#include "base/list.h"
#include "mail/tlswish.h"
#include "relay/smtpclient.h"
#include "relay/tlsneed.h"

enum {
	DIAL_OK,
	DIAL_E_UNREACHED, /* no connection, or one that broke */
	DIAL_E_REFUSED,	  /* its greeting or its answer to our name is a no: see the reply */
	DIAL_E_TLS,	  /* not the TLS that is needed */
	DIAL_E_OURSELVES,
};
enum { DIAL_CONNECT_MS = 30000, SOCKET_WAIT_MS = 500 };

struct dial {
	struct ip ip; /* n is 0: path */
	uint16_t port;
	str path, host;
	bool lmtp;
	bool stranger; /* the address is from the DNS of a stranger: never this machine */
	str name;      /* ours */
	int64_t timeout_ms;
	deadline until;
	struct ssl_ctx_st *tls_ctx;
	const struct tlsneed *need; /* NULL: no TLS (UNIX sockets) */
};

struct connection {
	struct list link;
	struct arena *arena;
	struct stream stream;
	struct smtpclient client;
	str destination, at; /* what it was made for; "smtp:mx1.example.org:25" */
	const void *settings;
	enum tls_wish wish;
	bool proven;
	char tls[64]; /* "TLSv1.3 TLS_AES_256_GCM_SHA384 dane", or empty */
	int64_t made_at, idle_since;
};

struct dial_result {
	struct smtpreply reply; /* with E_REFUSED */
	/* How the TLS came out, in the words of RFC 8460 4.3; NULL when it was not tried. */
	const char *tls;
	struct why tls_why;
	struct ip local; /* ours, of the connection; n is 0: there was none */
};

int dial(const struct dial *to, struct connection **ret, struct dial_result *result,
	 struct why *why) must_use;
/* Says QUIT when the dialogue allows it. Takes NULL; returns NULL. */
struct connection *dial_end(struct connection *c, bool quit);

#endif

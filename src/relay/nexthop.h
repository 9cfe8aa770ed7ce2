/* relay/nexthop.h - connections to the configured next hop: made, kept for a while, used
 * again, ended.
 *
 * A connection that served a message is kept for NEXTHOP_IDLE_MS and taken by whoever
 * delivers next. When such a connection turns out to have ended, the message goes once
 * more over a fresh one, provided the server had seen nothing of it.
 *
 * Input    hostile server; trusted configuration.
 * Memory   a connection owns its arena; settings are borrowed and must live on.
 * Limits   NEXTHOP_MESSAGES over one connection; as many connections as callers.
 * Threads  internally locked; a taken connection belongs to its taker.
 * Errors   nexthop_deliver always leaves an outcome for each recipient.
 */
#ifndef RELAY_NEXTHOP_H
#define RELAY_NEXTHOP_H

#include "base/list.h"
#include "conf/conf.h"
#include "dns/dns.h"
#include "relay/smtpclient.h"
#include "tls/tlsctx.h"

#include <pthread.h>

enum {
	NEXTHOP_IDLE_MS = 5000,
	NEXTHOP_MESSAGES = 100,
	NEXTHOP_CONNECT_MS = 30000, /* for each address */
	NEXTHOP_ADDRESSES = 8,	    /* of one name are tried */
};

/* One generation of the configuration. */
struct nexthop_settings {
	struct conf_peer peer; /* SMTP, LMTP or LMTP_UNIX */
	str hostname;	       /* ours */
	int64_t timeout_ms;
	enum conf_client_tls tls;
	struct ssl_ctx_st *tls_ctx; /* NULL when tls is none */
	struct dns_resolver dns;
	str text; /* "smtp:host:port", for records */
};

struct nexthop {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	struct list idle; /* the most recently used one first */
};

void nexthop_init(struct nexthop *n);
/* One transaction, over at until; *reply and outcome as smtpclient_send. */
void nexthop_deliver(struct nexthop *n, const struct nexthop_settings *s,
		     const struct smtpclient_job *job, deadline until, uint64_t *outcome,
		     struct smtpreply *reply);
/* Ends idle connections when their time has come; never returns. */
void nexthop_reap(void *nexthop);
/* Ends the idle connections that are due; returns when the next one is (INT64_MAX: none). */
deadline nexthop_reap_due(struct nexthop *n, int64_t now_ms);

#endif

#include "relay/nexthop.h"

#include "base/fd.h"
#include "net/connect.h"
#include "tls/tlsstream.h"

#include <errno.h>
#include <time.h>

enum { CONNECTION_BUDGET = 1 << 20, IN_BUFFER = 8 << 10, OUT_BUFFER = 32 << 10 };

struct connection {
	struct list link;
	struct arena *arena;
	const struct nexthop_settings *settings;
	struct stream stream;
	struct smtpclient client;
	int64_t idle_since;
};

void nexthop_init(struct nexthop *n)
{
	pthread_condattr_t attr;

	pthread_mutex_init(&n->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&n->changed, &attr);
	pthread_condattr_destroy(&attr);
	list_init(&n->idle);
}

static struct connection *connection_free(struct connection *c)
{
	if (!c)
		return NULL;
	tlsstream_close(&c->stream);
	fd_close(c->stream.fd);
	arena_free(c->arena);
	return NULL;
}

/* Swallows fd. */
static struct connection *connection_new(const struct nexthop_settings *s, int fd, deadline until)
{
	struct arena *a = arena_new("connection", CONNECTION_BUDGET);
	struct connection *c = arena_make(a, struct connection);

	c->arena = a;
	c->settings = s;
	list_init(&c->link);
	stream_init(&c->stream, fd);
	stream_lend(&c->stream, arena_alloc(a, IN_BUFFER), IN_BUFFER, arena_alloc(a, OUT_BUFFER),
		    OUT_BUFFER);
	c->client = (struct smtpclient){
		.s = &c->stream,
		.lmtp = s->peer.kind != CONF_PEER_SMTP,
		.name = s->hostname,
		.timeout_ms = s->timeout_ms,
		.until = until,
	};
	return c;
}

/* Greeting, name, TLS as configured. */
static int introduce(struct connection *c, bool want_tls, struct smtpreply *reply, struct why *why)
{
	const struct nexthop_settings *s = c->settings;
	int r = smtpclient_greet(&c->client, reply, why);

	if (r != SMTPCLIENT_OK || !want_tls)
		return r;
	if (!(c->client.ext & SMTPCLIENT_STARTTLS)) {
		if (s->tls != CONF_CLIENT_TLS_ENCRYPT)
			return SMTPCLIENT_OK;
		return why_set(why, SMTPCLIENT_E_LOST,
			       "next hop offers no STARTTLS; delivery.tls asks for it");
	}
	r = smtpclient_starttls(&c->client, reply, why);
	if (r == SMTPCLIENT_E_REFUSED && s->tls != CONF_CLIENT_TLS_ENCRYPT)
		return SMTPCLIENT_OK;
	if (r != SMTPCLIENT_OK)
		return r;
	if (tlsstream_connect(&c->stream, s->tls_ctx, s->peer.at.host,
			      clock_sooner(deadline_in(s->timeout_ms), c->client.until), why) < 0)
		return why_prefix(why, SMTPCLIENT_E_LOST, "TLS with the next hop");
	return smtpclient_hello(&c->client, reply, why);
}

static int connect_fd(const struct nexthop_settings *s, const struct ip *to, deadline until,
		      struct why *why)
{
	int64_t ms = NEXTHOP_CONNECT_MS < s->timeout_ms ? NEXTHOP_CONNECT_MS : s->timeout_ms;
	deadline d = clock_sooner(deadline_in(ms), until);

	if (s->peer.kind == CONF_PEER_LMTP_UNIX)
		return connect_unix(s->peer.path, d, why);
	return connect_tcp(*to, s->peer.at.port, (struct ip){ 0 }, d, why);
}

static struct connection *try_address(const struct nexthop_settings *s, const struct ip *to,
				      bool want_tls, deadline until, struct smtpreply *reply,
				      struct why *why)
{
	int fd = connect_fd(s, to, until, why);
	struct connection *c;

	*reply = (struct smtpreply){ 0 };
	if (fd < 0)
		return NULL;
	c = connection_new(s, fd, until);
	if (introduce(c, want_tls, reply, why) == SMTPCLIENT_OK)
		return c;
	return connection_free(c);
}

/* Opportunistic TLS that fails gives way to none (RFC 7435). */
static struct connection *connect_to(const struct nexthop_settings *s, const struct ip *to,
				     deadline until, struct smtpreply *reply, struct why *why)
{
	bool tls = s->tls != CONF_CLIENT_TLS_NONE && s->peer.kind != CONF_PEER_LMTP_UNIX;
	struct connection *c = try_address(s, to, tls, until, reply, why);

	if (!c && s->tls == CONF_CLIENT_TLS_MAY && tls && str_starts(str_c(why->text), STR("TLS ")))
		c = try_address(s, to, false, until, reply, why);
	return c;
}

static size_t take_records(const struct dns_answer *answer, struct ip *ret, size_t n)
{
	for (size_t i = 0; i < answer->n && n < NEXTHOP_ADDRESSES; i++)
		ret[n++] = ip_of(answer->records[i].value.p, answer->records[i].value.n);
	return n;
}

/* A, then AAAA, then what the loopback is called (RFC 6761 6.3). */
static size_t resolve(const struct nexthop_settings *s, deadline until, struct ip *ret)
{
	cleanup(arena_freep) struct arena *a = arena_new("resolve", 4 << 20);
	deadline d = clock_sooner(deadline_in(NEXTHOP_CONNECT_MS), until);
	struct dns_answer answer;
	size_t n = 0;

	if (ip_parse(s->peer.at.host, &ret[0]))
		return 1;
	if (str_caseeq(s->peer.at.host, STR("localhost"))) {
		ret[0] = ip_of((const uint8_t[4]){ 127, 0, 0, 1 }, 4);
		ret[1] = ip_of((const uint8_t[16]){ [15] = 1 }, 16);
		return 2;
	}
	if (!s->dns.lookup)
		return 0;
	answer = dns_ask(&s->dns, a, s->peer.at.host, DNS_A, d);
	n = take_records(&answer, ret, n);
	answer = dns_ask(&s->dns, a, s->peer.at.host, DNS_AAAA, d);
	return take_records(&answer, ret, n);
}

static struct connection *connect_fresh(const struct nexthop_settings *s, deadline until,
					struct smtpreply *reply, struct why *why)
{
	struct ip at[NEXTHOP_ADDRESSES];
	struct connection *c = NULL;
	size_t n;

	if (s->peer.kind == CONF_PEER_LMTP_UNIX)
		return connect_to(s, NULL, until, reply, why);
	n = resolve(s, until, at);
	if (n == 0)
		(void)why_set(why, -ENOENT, "next hop %.*s: its name has no address",
			      STR_ARG(s->peer.at.host));
	for (size_t i = 0; i < n && !c; i++)
		c = connect_to(s, &at[i], until, reply, why);
	return c;
}

static struct connection *take_idle(struct nexthop *n, const struct nexthop_settings *s)
{
	struct connection *found = NULL;

	pthread_mutex_lock(&n->lock);
	list_each (&n->idle, link) {
		struct connection *c = list_entry(link, struct connection, link);

		if (c->settings == s) {
			list_remove(&c->link);
			found = c;
			break;
		}
	}
	pthread_mutex_unlock(&n->lock);
	return found;
}

static void put_idle(struct nexthop *n, struct connection *c)
{
	if (c->client.sent >= NEXTHOP_MESSAGES || !stream_is_drained(&c->stream)) {
		smtpclient_quit(&c->client);
		connection_free(c);
		return;
	}
	c->idle_since = clock_now_ms();
	pthread_mutex_lock(&n->lock);
	/* In front: the ones at the end grow old and are ended when fewer are needed. */
	list_append(n->idle.next, &c->link);
	pthread_cond_signal(&n->changed);
	pthread_mutex_unlock(&n->lock);
}

static void nobody_there(const struct smtpclient_job *job, uint64_t *outcome,
			 struct smtpreply *reply, const struct why *why)
{
	for (size_t i = 0; i < job->n_recipients; i++)
		outcome[i] = SMTPCLIENT_LATER;
	if (reply->lines == 0)
		smtpreply_say(reply, 451, str_c(why->text));
}

void nexthop_deliver(struct nexthop *n, const struct nexthop_settings *s,
		     const struct smtpclient_job *job, deadline until, uint64_t *outcome,
		     struct smtpreply *reply)
{
	struct connection *c = take_idle(n, s);
	struct why why = { "" };
	int r = SMTPCLIENT_E_STALE;

	if (c) {
		c->client.until = until;
		r = smtpclient_send(&c->client, job, outcome, reply, &why);
		if (r == SMTPCLIENT_E_STALE)
			c = connection_free(c);
	}
	if (!c) {
		c = connect_fresh(s, until, reply, &why);
		if (!c) {
			nobody_there(job, outcome, reply, &why);
			return;
		}
		r = smtpclient_send(&c->client, job, outcome, reply, &why);
	}
	if (r == SMTPCLIENT_OK)
		put_idle(n, c);
	else
		connection_free(c);
}

deadline nexthop_reap_due(struct nexthop *n, int64_t now_ms)
{
	deadline next = INT64_MAX;
	struct list due;

	list_init(&due);
	pthread_mutex_lock(&n->lock);
	list_each (&n->idle, link) {
		struct connection *c = list_entry(link, struct connection, link);

		if (c->idle_since + NEXTHOP_IDLE_MS <= now_ms) {
			list_remove(&c->link);
			list_append(&due, &c->link);
		} else if (c->idle_since + NEXTHOP_IDLE_MS < next) {
			next = c->idle_since + NEXTHOP_IDLE_MS;
		}
	}
	pthread_mutex_unlock(&n->lock);
	list_each (&due, link) {
		struct connection *c = list_entry(link, struct connection, link);

		smtpclient_quit(&c->client);
		connection_free(c);
	}
	return next;
}

void nexthop_reap(void *nexthop)
{
	struct nexthop *n = nexthop;

	for (;;) {
		deadline next = nexthop_reap_due(n, clock_now_ms());
		struct timespec until = { .tv_sec = next / 1000, .tv_nsec = next % 1000 * 1000000 };

		pthread_mutex_lock(&n->lock);
		if (next == INT64_MAX && list_empty(&n->idle))
			pthread_cond_wait(&n->changed, &n->lock);
		else if (next != INT64_MAX)
			(void)pthread_cond_timedwait(&n->changed, &n->lock, &until);
		pthread_mutex_unlock(&n->lock);
	}
}

#include "relay/dial.h"

#include "base/fd.h"
#include "net/connect.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>

enum { CONNECTION_BUDGET = 1 << 20, IN_BUFFER = 8 << 10, OUT_BUFFER = 32 << 10 };

struct connection *dial_end(struct connection *c, bool quit)
{
	if (!c)
		return NULL;
	if (quit)
		smtpclient_quit(&c->client);
	tlsstream_close(&c->stream);
	fd_close(c->stream.fd);
	arena_free(c->arena);
	return NULL;
}

/* A read waits in the kernel instead of in poll, for a while. */
static void make_patient(struct stream *s)
{
	const struct timeval wait = { .tv_usec = SOCKET_WAIT_MS * 1000 };
	int flags = fcntl(s->fd, F_GETFL);

	if (setsockopt(s->fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait)) == 0 &&
	    setsockopt(s->fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof(wait)) == 0 && flags >= 0)
		s->patient = fcntl(s->fd, F_SETFL, flags & ~O_NONBLOCK) == 0;
}

/* Inside of TLS a call reads as long as a byte comes now and then, up to the end of a record:
 * it must come back to the deadline. */
static void make_impatient(struct stream *s)
{
	int flags = fcntl(s->fd, F_GETFL);

	if (flags >= 0)
		s->patient = fcntl(s->fd, F_SETFL, flags | O_NONBLOCK) < 0;
}

/* Swallows fd. */
static struct connection *make(const struct dial *to, int fd)
{
	struct arena *a = arena_new("connection", CONNECTION_BUDGET);
	struct connection *c = arena_make(a, struct connection);
	bool v6 = str_chr(to->host, ':') != STR_NONE;

	c->arena = a;
	c->made_at = clock_now_ms();
	list_init(&c->link);
	stream_init(&c->stream, fd);
	make_patient(&c->stream);
	stream_lend(&c->stream, arena_alloc(a, IN_BUFFER), IN_BUFFER, arena_alloc(a, OUT_BUFFER),
		    OUT_BUFFER);
	c->client = (struct smtpclient){
		.s = &c->stream,
		.lmtp = to->lmtp,
		.name = to->name,
		.timeout_ms = to->timeout_ms,
		.until = to->until,
	};
	c->at = to->ip.n ? arena_fmt(a, v6 ? "%s:[%.*s]:%u" : "%s:%.*s:%u",
				     to->lmtp ? "lmtp" : "smtp", STR_ARG(to->host), to->port)
			 : arena_fmt(a, "lmtp:unix:%.*s", STR_ARG(to->path));
	return c;
}

static const char *const findings[] = {
	[TLSCLIENT_PROVEN] = "success",
	[TLSCLIENT_E_HOST_MISMATCH] = "certificate-host-mismatch",
	[TLSCLIENT_E_EXPIRED] = "certificate-expired",
	[TLSCLIENT_E_NOT_TRUSTED] = "certificate-not-trusted",
	[TLSCLIENT_E_TLSA] = "validation-failure",
};

static const char *proof_name(const struct connection *c, const struct tlsneed *need)
{
	if (!c->proven)
		return "unverified";
	return need->demand.proof == TLSCLIENT_DANE ? "dane" : "verified";
}

static int shake(struct connection *c, const struct dial *to, struct dial_result *result,
		 struct why *why)
{
	deadline d = clock_sooner(deadline_in(to->timeout_ms), to->until);
	enum tlsclient_finding found;

	result->tls_why = (struct why){ "" };
	make_impatient(&c->stream);
	if (tlsclient_connect(&c->stream, to->tls_ctx, &to->need->demand, d, &found,
			      &result->tls_why) < 0) {
		result->tls = "validation-failure";
		return why_set(why, DIAL_E_TLS, "4.7.5 %.*s: %s", STR_ARG(to->host),
			       result->tls_why.text);
	}
	result->tls = findings[found];
	if (found != TLSCLIENT_PROVEN && to->need->level == TLSNEED_PROVEN)
		return why_set(why, DIAL_E_TLS, "4.7.5 %.*s: %s", STR_ARG(to->host),
			       result->tls_why.text);
	c->proven = found == TLSCLIENT_PROVEN && to->need->demand.proof != TLSCLIENT_ANYONE;
	snprintf(c->tls, sizeof(c->tls), "%.*s %.*s %s", STR_ARG(tlsstream_version(&c->stream)),
		 STR_ARG(tlsstream_cipher(&c->stream)), proof_name(c, to->need));
	return DIAL_OK;
}

/* What the dialogue came to, as a dial sees it. */
static int dial_code(int r, const struct dial *to, struct why *why)
{
	if (r == SMTPCLIENT_OK)
		return DIAL_OK;
	return why_prefix(why, r == SMTPCLIENT_E_REFUSED ? DIAL_E_REFUSED : DIAL_E_UNREACHED,
			  "4.4.2 %.*s", STR_ARG(to->host));
}

static int no_starttls(const struct dial *to, const char *what, struct dial_result *result,
		       struct why *why)
{
	result->tls = "starttls-not-supported";
	if (to->need->level < TLSNEED_ENCRYPT)
		return DIAL_OK;
	return why_set(why, DIAL_E_TLS, "4.7.4 %.*s %s STARTTLS, and its TLS is needed",
		       STR_ARG(to->host), what);
}

static int start_tls(struct connection *c, const struct dial *to, struct dial_result *result,
		     struct why *why)
{
	struct smtpreply reply;
	int r;

	if (!(c->client.ext & SMTPCLIENT_STARTTLS))
		return no_starttls(to, "does not offer", result, why);
	r = smtpclient_starttls(&c->client, &reply, why);
	if (r == SMTPCLIENT_E_REFUSED)
		return no_starttls(to, "refused", result, why);
	if (r != SMTPCLIENT_OK)
		return dial_code(r, to, why);
	r = shake(c, to, result, why);
	if (r != DIAL_OK)
		return r;
	return dial_code(smtpclient_hello(&c->client, &result->reply, why), to, why);
}

/* LMTP servers beside us have our name by right. */
static int greet(struct connection *c, const struct dial *to, struct dial_result *result,
		 struct why *why)
{
	int r = dial_code(smtpclient_greet(&c->client, &result->reply, why), to, why);

	if (r == DIAL_OK && c->client.is_us && !to->lmtp)
		return why_set(why, DIAL_E_OURSELVES,
			       "4.4.6 %.*s greets with our own name: mail loops back to us",
			       STR_ARG(to->host));
	return r;
}

/* Our end of a connection to that address. When it is the same, a stranger's address is one of
 * this machine. */
static struct ip local_ip(int fd, struct ip remote)
{
	struct sockaddr_storage at = { 0 };
	socklen_t n = sizeof(at);

	if (remote.n == 0 || getsockname(fd, (struct sockaddr *)&at, &n) < 0)
		return (struct ip){ 0 };
	if (remote.n == IP_V4)
		return ip_of(&((struct sockaddr_in *)&at)->sin_addr, IP_V4);
	return ip_of(&((struct sockaddr_in6 *)&at)->sin6_addr, IP_V6);
}

static int open_socket(const struct dial *to, struct why *why)
{
	int64_t ms = DIAL_CONNECT_MS < to->timeout_ms ? DIAL_CONNECT_MS : to->timeout_ms;
	deadline d = clock_sooner(deadline_in(ms), to->until);

	if (to->ip.n == 0)
		return connect_unix(to->path, d, why);
	return connect_tcp(to->ip, to->port, (struct ip){ 0 }, d, why);
}

static int try(const struct dial *to, bool tls, struct connection **ret, struct dial_result *result,
	       struct why *why)
{
	int fd = open_socket(to, why), r;
	struct connection *c;

	result->reply = (struct smtpreply){ 0 };
	if (fd < 0)
		return why_prefix(why, DIAL_E_UNREACHED, "4.4.1 no connection");
	c = make(to, fd);
	result->local = local_ip(fd, to->ip);
	if (to->stranger && ip_eq(result->local, to->ip))
		r = why_set(why, DIAL_E_OURSELVES, "4.4.6 %.*s has an address of this machine",
			    STR_ARG(to->host));
	else
		r = greet(c, to, result, why);
	if (r == DIAL_OK && tls)
		r = start_tls(c, to, result, why);
	if (r == DIAL_OK)
		*ret = c;
	else
		dial_end(c, r == DIAL_E_OURSELVES);
	return r;
}

int dial(const struct dial *to, struct connection **ret, struct dial_result *result,
	 struct why *why)
{
	bool tls = to->need && to->need->level != TLSNEED_NONE;
	int r;

	*result = (struct dial_result){ 0 };
	r = try(to, tls, ret, result, why);
	/* Opportunistic TLS that fails gives way to none (RFC 7435). */
	if (r == DIAL_E_TLS && to->need->level == TLSNEED_MAY)
		r = try(to, false, ret, result, why);
	return r;
}

#include "relay/stsfetch.h"

#include "base/fd.h"
#include "net/connect.h"
#include "net/publicip.h"
#include "relay/hostaddr.h"
#include "relay/httpreply.h"
#include "tls/tlsclient.h"

enum { IN_BUFFER = 8 << 10, OUT_BUFFER = 2 << 10, REPLY_MAX = 2 * STSPOLICY_BYTES };

static int lost(int r, struct why *why)
{
	return r < 0 ? STSFETCH_E_FETCH
		     : why_set(why, STSFETCH_E_FETCH, "HTTP: the server closed or was too slow");
}

/* Reads until the answer is whole. */
static int read_policy(struct stream *s, struct arena *a, deadline until, struct stspolicy *ret,
		       struct why *why)
{
	struct strbuf all = strbuf_make(a, REPLY_MAX);
	str body;
	int r;

	do {
		str some;

		r = stream_peek(s, until, &some, why);
		if (r != STREAM_OK)
			return lost(r, why);
		strbuf_put(&all, some);
		stream_consume(s, some.n);
		if (all.overflow)
			return why_set(why, STSFETCH_E_FETCH, "HTTP: the answer is too long");
		r = httpreply_body(a, strbuf_str(&all), STSPOLICY_BYTES, &body, why);
	} while (r == HTTPREPLY_E_MORE);
	if (r != HTTPREPLY_OK)
		return STSFETCH_E_FETCH;
	return stspolicy_parse(a, body, ret, why) < 0 ? STSFETCH_E_POLICY : STSFETCH_OK;
}

static int ask(struct stream *s, struct arena *a, str host, deadline until, struct stspolicy *ret,
	       struct why *why)
{
	str get =
		arena_fmt(a,
			  "GET /.well-known/mta-sts.txt HTTP/1.1\r\nHost: %.*s\r\n"
			  "Accept: text/plain\r\nUser-Agent: poterne\r\nConnection: close\r\n\r\n",
			  STR_ARG(host));
	int r = stream_write(s, get, until, why);

	if (r == STREAM_OK)
		r = stream_flush(s, until, why);
	return r == STREAM_OK ? read_policy(s, a, until, ret, why) : lost(r, why);
}

static int fetch_from(const struct stsfetch *how, struct arena *a, str host, struct ip ip,
		      deadline until, struct stspolicy *ret, struct why *why)
{
	const struct tlsclient_demand want = { TLSCLIENT_NAMED, host, { host }, NULL, 0 };
	enum tlsclient_finding found;
	struct stream s;
	int fd, r;

	if (!how->allow_private && !publicip_is(ip))
		return why_set(why, STSFETCH_E_FETCH, "its address is not of the Internet");
	fd = connect_tcp(ip, how->port, (struct ip){ 0 }, until, why);
	if (fd < 0)
		return STSFETCH_E_FETCH;
	stream_init(&s, fd);
	stream_lend(&s, arena_alloc(a, IN_BUFFER), IN_BUFFER, arena_alloc(a, OUT_BUFFER),
		    OUT_BUFFER);
	if (tlsclient_connect(&s, how->tls_ctx, &want, until, &found, why) < 0 ||
	    found != TLSCLIENT_PROVEN)
		r = STSFETCH_E_WEBPKI;
	else
		r = ask(&s, a, host, until, ret, why);
	tlsstream_close(&s);
	fd_close(fd);
	return r;
}

int stsfetch(const struct stsfetch *how, struct arena *a, str domain, deadline until,
	     struct stspolicy *ret, struct why *why)
{
	str host = arena_fmt(a, "mta-sts.%.*s", STR_ARG(domain));
	deadline d = clock_sooner(deadline_in(STSFETCH_MS), until);
	struct hostaddr at;
	int r = STSFETCH_E_FETCH;

	if (hostaddr_find(how->dns, a, host, d, &at) != HOSTADDR_OK)
		return why_set(why, r, "%.*s: the name has no address now", STR_ARG(host));
	for (size_t i = 0; i < at.n && r == STSFETCH_E_FETCH; i++)
		r = fetch_from(how, a, host, at.v[i], d, ret, why);
	return r == STSFETCH_OK ? r : why_prefix(why, r, "%.*s", STR_ARG(host));
}

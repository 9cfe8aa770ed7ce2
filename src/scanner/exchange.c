#include "scanner/exchange.h"

#include "base/fd.h"
#include "base/ip.h"
#include "net/connect.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>

int exchange_error(int r, struct why *why)
{
	switch (r) {
	case STREAM_OK:
		return 0;
	case STREAM_E_EOF:
		return why_set(why, -EPIPE,
			       "the connection was closed before the answer was whole");
	case STREAM_E_TIMEOUT:
		return why_set(why, -ETIMEDOUT, "no answer in time");
	case STREAM_E_LONG:
		return why_set(why, -EMSGSIZE, "a line of the answer is too long");
	default:
		return r;
	}
}

static int connect_to(const struct conf_peer *peer, deadline d, struct why *why)
{
	struct ip ip;

	if (peer->kind == CONF_PEER_UNIX)
		return connect_unix(peer->path, d, why);
	if (!ip_parse(peer->at.host, &ip))
		return why_set(why, -EINVAL, "\"%.*s\" is not an address", STR_ARG(peer->at.host));
	return connect_tcp(ip, peer->at.port, (struct ip){ 0 }, d, why);
}

int exchange_open(struct exchange *x, struct arena *a, const struct conf_peer *peer, deadline d,
		  struct why *why)
{
	*x = (struct exchange){ .until = d, .fd = connect_to(peer, d, why) };
	if (x->fd < 0)
		return x->fd;
	stream_init(&x->stream, x->fd);
	stream_lend(&x->stream, arena_alloc(a, EXCHANGE_IN_BYTES), EXCHANGE_IN_BYTES,
		    arena_alloc(a, EXCHANGE_OUT_BYTES), EXCHANGE_OUT_BYTES);
	return 0;
}

static int sent(struct exchange *x, int r, struct why *why)
{
	if (r == STREAM_E_EOF) {
		x->early = true;
		return 0;
	}
	return exchange_error(r, why);
}

int exchange_send(struct exchange *x, str bytes, struct why *why)
{
	if (x->early)
		return 0;
	return sent(x, stream_write(&x->stream, bytes, x->until, why), why);
}

int exchange_ask(struct exchange *x, struct why *why)
{
	return x->early ? 0 : sent(x, stream_flush(&x->stream, x->until, why), why);
}

/* As much as there is room for. */
static int send_some(struct exchange *x, str *bytes, struct why *why)
{
	ssize_t n = send(x->fd, bytes->p, bytes->n, MSG_NOSIGNAL | MSG_DONTWAIT);

	if (n >= 0)
		*bytes = str_skip(*bytes, (size_t)n);
	else if (errno == EPIPE || errno == ECONNRESET)
		x->early = true;
	else if (errno != EAGAIN && errno != EINTR)
		return why_set(why, -errno, "send: %m");
	return 0;
}

int exchange_send_heeding(struct exchange *x, str bytes, struct why *why)
{
	int r = exchange_ask(x, why); /* what was sent so far goes first */

	while (r == 0 && bytes.n > 0 && !x->early) {
		r = exchange_error(stream_wait(x->fd, POLLIN | POLLOUT, x->until, why), why);
		if (r == 0 && stream_wait(x->fd, POLLIN, deadline_in(0), why) == STREAM_OK)
			x->early = true;
		else if (r == 0)
			r = send_some(x, &bytes, why);
	}
	return r;
}

static int read_answer(struct exchange *x, struct arena *a, const struct exchange_question *q,
		       str *ret, struct why *why)
{
	struct strbuf b = strbuf_make(a, q->max);
	size_t lf = STR_NONE;

	if (x->early)
		return why_set(why, -EPIPE, "the connection was closed before we had said all");
	while (lf == STR_NONE) {
		str have;
		int r = stream_peek(&x->stream, x->until, &have, why);

		if (r == STREAM_E_EOF && b.n > 0)
			break;
		if (r != STREAM_OK)
			return exchange_error(r, why);
		if (q->end == EXCHANGE_TO_LINE)
			lf = str_chr(have, '\n');
		strbuf_put(&b, str_sub(have, 0, lf));
		stream_consume(&x->stream, have.n);
		if (b.overflow)
			return why_set(why, -EMSGSIZE, "an answer of more than %zu bytes", q->max);
	}
	*ret = strbuf_str(&b);
	return 0;
}

void exchange_close(struct exchange *x)
{
	x->fd = fd_close(x->fd);
}

int exchange_once(struct arena *a, const struct conf_peer *peer, const struct exchange_question *q,
		  deadline d, str *ret_answer, struct why *why)
{
	struct exchange x;
	int r = exchange_open(&x, a, peer, d, why);

	if (r == 0)
		r = exchange_send(&x, q->head, why);
	if (r == 0)
		r = exchange_send(&x, q->bytes, why);
	if (r == 0)
		r = exchange_ask(&x, why);
	if (r == 0 && q->end == EXCHANGE_TO_END)
		(void)shutdown(x.fd, SHUT_WR);
	if (r == 0)
		r = read_answer(&x, a, q, ret_answer, why);
	exchange_close(&x);
	return r;
}

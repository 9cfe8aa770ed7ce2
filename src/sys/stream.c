#include "sys/stream.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

static ssize_t plain_read(void *ctx, int fd, char *p, size_t n, short *want)
{
	ssize_t r = recv(fd, p, n, 0);

	(void)ctx;
	*want = POLLIN;
	return r < 0 ? -errno : r;
}

static ssize_t plain_write(void *ctx, int fd, const char *p, size_t n, short *want)
{
	ssize_t r = send(fd, p, n, MSG_NOSIGNAL);

	(void)ctx;
	*want = POLLOUT;
	return r < 0 ? -errno : r;
}

static size_t plain_pending(void *ctx)
{
	(void)ctx;
	return 0;
}

static const struct stream_ops plain_ops = { plain_read, plain_write, plain_pending };

void stream_init(struct stream *s, int fd)
{
	int flags = fcntl(fd, F_GETFL), one = 1;

	*s = (struct stream){ .fd = fd, .ops = &plain_ops };
	if (flags >= 0 && !(flags & O_NONBLOCK))
		(void)fcntl(fd, F_SETFL, flags | O_NONBLOCK);
	/* Fails on UNIX sockets, which have nothing to delay. */
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
}

void stream_lend(struct stream *s, char *in, size_t in_cap, char *out, size_t out_cap)
{
	bug_if(s->in || s->out);
	s->in = in;
	s->in_cap = in_cap;
	s->out = out;
	s->out_cap = out_cap;
	s->in_at = s->in_end = s->out_n = 0;
}

bool stream_has_input(const struct stream *s)
{
	return s->in_at < s->in_end || s->ops->pending(s->ctx) > 0;
}

bool stream_is_drained(const struct stream *s)
{
	return !stream_has_input(s) && s->out_n == 0;
}

void stream_take_back(struct stream *s)
{
	s->in = s->out = NULL;
	s->in_at = s->in_end = s->out_n = 0;
}

size_t stream_discard_input(struct stream *s)
{
	size_t n = s->in_end - s->in_at;

	s->in_at = s->in_end = 0;
	return n;
}

int stream_wait(int fd, short events, deadline d, struct why *why)
{
	struct pollfd p = { .fd = fd, .events = events };

	for (;;) {
		int r = poll(&p, 1, clock_left(d));

		if (r > 0)
			return STREAM_OK;
		if (r == 0 && clock_left(d) == 0)
			return STREAM_E_TIMEOUT;
		if (r < 0 && errno != EINTR)
			return why_set(why, -errno, "poll: %m");
	}
}

bool stream_wait_first(int first, int second)
{
	struct pollfd p[2] = { { .fd = first, .events = POLLIN },
			       { .fd = second, .events = POLLIN } };

	while (poll(p, 2, -1) < 0 && errno == EINTR)
		;
	return p[0].revents != 0;
}

/* When the kernel waits, a peer that sends or takes a byte now and then never makes a call
 * come back empty: who is late goes on only with what is there already. */
static int check_deadline(const struct stream *s, short events, deadline d, struct why *why)
{
	if (!s->patient || clock_left(d) > 0)
		return STREAM_OK;
	return stream_wait(s->fd, events, d, why);
}

/* Reads once into the free space behind in_end. */
static int fill(struct stream *s, deadline d, struct why *why)
{
	if (s->in_at == s->in_end)
		s->in_at = s->in_end = 0;
	if (s->in_end == s->in_cap && s->in_at > 0) {
		memmove(s->in, s->in + s->in_at, s->in_end - s->in_at);
		s->in_end -= s->in_at;
		s->in_at = 0;
	}
	if (s->in_end == s->in_cap)
		return STREAM_E_LONG;
	for (;;) {
		short want = POLLIN;
		int r = check_deadline(s, POLLIN, d, why);
		ssize_t n;

		if (r != STREAM_OK)
			return r;
		n = s->ops->read(s->ctx, s->fd, s->in + s->in_end, s->in_cap - s->in_end, &want);
		if (n > 0) {
			s->in_end += (size_t)n;
			return STREAM_OK;
		}
		if (n == 0 || n == -ECONNRESET)
			return STREAM_E_EOF;
		if (n == -EINTR)
			continue;
		if (n != -EAGAIN)
			return why_set(why, (int)n, "read: %m");
		r = stream_wait(s->fd, want, d, why);
		if (r != STREAM_OK)
			return r;
	}
}

int stream_read_line(struct stream *s, size_t max, deadline d, str *ret, struct why *why)
{
	size_t seen = 0; /* bytes of the line already searched */

	for (;;) {
		str have = str_of(s->in + s->in_at, s->in_end - s->in_at);
		size_t lf = str_chr(str_skip(have, seen), '\n');
		int r;

		if (lf != STR_NONE && seen + lf + 1 <= max) {
			*ret = str_sub(have, 0, seen + lf + 1);
			s->in_at += seen + lf + 1;
			return STREAM_OK;
		}
		if (lf != STR_NONE || have.n >= max)
			return STREAM_E_LONG;
		seen = have.n;
		r = fill(s, d, why);
		if (r != STREAM_OK)
			return r;
	}
}

int stream_peek(struct stream *s, deadline d, str *ret, struct why *why)
{
	return stream_peek_least(s, 1, d, ret, why);
}

int stream_peek_least(struct stream *s, size_t n, deadline d, str *ret, struct why *why)
{
	while (s->in_end - s->in_at < n) {
		int r = fill(s, d, why);

		if (r != STREAM_OK)
			return r;
	}
	*ret = str_of(s->in + s->in_at, s->in_end - s->in_at);
	return STREAM_OK;
}

void stream_consume(struct stream *s, size_t n)
{
	bug_if(n > s->in_end - s->in_at);
	s->in_at += n;
}

static int write_out(struct stream *s, str data, deadline d, struct why *why)
{
	while (data.n) {
		short want = POLLOUT;
		int r = check_deadline(s, POLLOUT, d, why);
		ssize_t n;

		if (r != STREAM_OK)
			return r;
		n = s->ops->write(s->ctx, s->fd, data.p, data.n, &want);
		if (n > 0) {
			data = str_skip(data, (size_t)n);
			continue;
		}
		if (n == -EINTR)
			continue;
		if (n == 0 || n == -EPIPE || n == -ECONNRESET)
			return STREAM_E_EOF;
		if (n != -EAGAIN)
			return why_set(why, (int)n, "write: %m");
		r = stream_wait(s->fd, want, d, why);
		if (r != STREAM_OK)
			return r;
	}
	return STREAM_OK;
}

int stream_flush(struct stream *s, deadline d, struct why *why)
{
	str data = str_of(s->out, s->out_n);

	s->out_n = 0;
	return data.n ? write_out(s, data, d, why) : STREAM_OK;
}

int stream_write(struct stream *s, str data, deadline d, struct why *why)
{
	if (data.n > s->out_cap - s->out_n) {
		int r = stream_flush(s, d, why);

		if (r != STREAM_OK)
			return r;
	}
	if (data.n > s->out_cap)
		return write_out(s, data, d, why);
	if (data.n)
		memcpy(s->out + s->out_n, data.p, data.n);
	s->out_n += data.n;
	return STREAM_OK;
}

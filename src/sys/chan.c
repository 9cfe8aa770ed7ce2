#include "sys/chan.h"

#include "base/fd.h"
#include "sys/stream.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

struct chan {
	int fd;
	int patience_s; /* what SO_RCVTIMEO is; 0: for ever */
	enum process me, peer;
	struct arena *arena;
	struct strbuf out;
	char *in;
};

struct chan *chan_new(int fd, enum process me, enum process peer)
{
	struct arena *a = arena_new("chan", 1 << 20);
	struct chan *c = arena_make(a, struct chan);

	*c = (struct chan){ .fd = fd, .me = me, .peer = peer, .arena = a };
	c->out = strbuf_make(a, CHAN_MAX_BYTES);
	c->in = arena_alloc(a, CHAN_MAX_BYTES);
	return c;
}

struct chan *chan_free(struct chan *c)
{
	if (!c)
		return NULL;
	fd_closep(&c->fd);
	arena_free(c->arena);
	return NULL;
}

int chan_fd(const struct chan *c)
{
	return c->fd;
}

int chan_pair(int ret_fds[2], struct why *why)
{
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ret_fds) < 0)
		return why_set(why, -errno, "socketpair: %m");
	return 0;
}

union control {
	struct cmsghdr head;
	char room[CMSG_SPACE(CHAN_MAX_FDS * sizeof(int))];
};

int chan_send(struct chan *c, const struct msg *m, struct why *why)
{
	union control control;
	struct iovec iov;
	struct msghdr h = { .msg_iov = &iov, .msg_iovlen = 1 };
	ssize_t n;

	bug_if(!msg_allowed(m->type, c->me, c->peer, m->n_fds));
	strbuf_clear(&c->out);
	if (!msg_encode(m, &c->out))
		return why_set(why, -EMSGSIZE, "message %s to %s is above its limits",
			       msg_name(m->type), msg_process_name(c->peer));
	iov = (struct iovec){ c->out.p, c->out.n };
	if (m->n_fds) {
		h.msg_control = &control;
		h.msg_controllen = CMSG_SPACE(m->n_fds * sizeof(int));
		memset(&control, 0, h.msg_controllen);
		control.head.cmsg_level = SOL_SOCKET;
		control.head.cmsg_type = SCM_RIGHTS;
		control.head.cmsg_len = CMSG_LEN(m->n_fds * sizeof(int));
		memcpy(CMSG_DATA(&control.head), m->fds, m->n_fds * sizeof(int));
	}
	do {
		n = sendmsg(c->fd, &h, MSG_NOSIGNAL);
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		return why_set(why, errno == ECONNRESET ? -EPIPE : -errno, "send %s to %s: %m",
			       msg_name(m->type), msg_process_name(c->peer));
	return 0;
}

/* Takes the descriptors out of the packet into fds; returns how many. */
static size_t collect_fds(struct msghdr *h, int fds[CHAN_MAX_FDS])
{
	size_t n = 0;

	for (struct cmsghdr *cm = CMSG_FIRSTHDR(h); cm; cm = CMSG_NXTHDR(h, cm)) {
		size_t count = (cm->cmsg_len - CMSG_LEN(0)) / sizeof(int);

		if (cm->cmsg_level != SOL_SOCKET || cm->cmsg_type != SCM_RIGHTS)
			continue;
		bug_if(n + count > CHAN_MAX_FDS);
		memcpy(fds + n, CMSG_DATA(cm), count * sizeof(int));
		n += count;
	}
	return n;
}

static int check_packet(struct chan *c, str packet, bool cut, struct arena *a, struct msg *m,
			struct why *why)
{
	int fds[CHAN_MAX_FDS];
	size_t n_fds = m->n_fds;

	memcpy(fds, m->fds, n_fds * sizeof(int));
	if (cut || !msg_decode(packet, a, m)) {
		m->n_fds = n_fds;
		memcpy(m->fds, fds, n_fds * sizeof(int));
		return why_set(why, -EPROTO, "malformed message of %zu bytes from %s", packet.n,
			       msg_process_name(c->peer));
	}
	m->n_fds = n_fds;
	memcpy(m->fds, fds, n_fds * sizeof(int));
	if (!msg_allowed(m->type, c->peer, c->me, n_fds))
		return why_set(why, -EPROTO,
			       "message %s with %zu descriptors is not allowed from %s to %s",
			       msg_name(m->type), n_fds, msg_process_name(c->peer),
			       msg_process_name(c->me));
	return 0;
}

/* Waiting in recvmsg itself saves a poll for each message. It is done in whole seconds,
 * rounded up, so that the usual patience of a lane is set once; shorter waits are polled. */
static int wait_for(struct chan *c, deadline d, struct why *why)
{
	int left = d == CHAN_FOREVER ? 0 : clock_left(d);
	struct timeval t = { .tv_sec = (left + 999) / 1000 };
	int r = 0;

	if (d != CHAN_FOREVER && left < 1000) {
		r = stream_wait(c->fd, POLLIN, d, why);
		if (r == STREAM_E_TIMEOUT)
			return why_set(why, -ETIMEDOUT, "no answer from %s in time",
				       msg_process_name(c->peer));
		t.tv_sec = c->patience_s;
	}
	if (r < 0 || t.tv_sec == c->patience_s)
		return r;
	if (setsockopt(c->fd, SOL_SOCKET, SO_RCVTIMEO, &t, sizeof(t)) < 0)
		return why_set(why, -errno, "SO_RCVTIMEO: %m");
	c->patience_s = (int)t.tv_sec;
	return 0;
}

int chan_receive(struct chan *c, struct arena *a, deadline d, struct msg *ret, struct why *why)
{
	union control control;
	struct iovec iov = { c->in, CHAN_MAX_BYTES };
	struct msghdr h = { .msg_iov = &iov,
			    .msg_iovlen = 1,
			    .msg_control = &control,
			    .msg_controllen = sizeof(control) };
	struct msg m = { 0 };
	ssize_t n;
	int r;

	r = wait_for(c, d, why);
	if (r < 0)
		return r;
	do {
		n = recvmsg(c->fd, &h, MSG_CMSG_CLOEXEC);
	} while (n < 0 && (errno == EINTR || (errno == EAGAIN && d == CHAN_FOREVER)));
	if (n < 0 && errno == EAGAIN)
		return why_set(why, -ETIMEDOUT, "no answer from %s in time",
			       msg_process_name(c->peer));
	if (n < 0 && errno != ECONNRESET)
		return why_set(why, -errno, "receive from %s: %m", msg_process_name(c->peer));
	/* An empty packet reads like the end, but may bring descriptors. */
	m.n_fds = n < 0 ? 0 : collect_fds(&h, m.fds);
	if (n <= 0) {
		msg_close(&m);
		return why_set(why, -EPIPE, "%s has gone", msg_process_name(c->peer));
	}
	r = check_packet(c, arena_str(a, str_of(c->in, (size_t)n)),
			 h.msg_flags & (MSG_TRUNC | MSG_CTRUNC), a, &m, why);
	if (r < 0) {
		msg_close(&m);
		return r;
	}
	*ret = m;
	return 0;
}

int chan_receive_last(struct chan *c, struct arena *a, struct msg *ret, struct why *why)
{
	/* Linux: a packet that was queued before the shutdown is still read. */
	if (shutdown(c->fd, SHUT_RD) < 0)
		return why_set(why, -errno, "shutdown: %m");
	return chan_receive(c, a, CHAN_FOREVER, ret, why);
}

int chan_ask(struct chan *c, const struct msg *question, enum msg_type want, struct arena *a,
	     deadline d, struct msg *ret, struct why *why)
{
	struct msg answer;
	int r = chan_send(c, question, why);

	if (r < 0)
		return r;
	r = chan_receive(c, a, d, &answer, why);
	if (r < 0)
		return r;
	if (answer.type != want) {
		msg_close(&answer);
		return why_set(why, -EPROTO, "%s answered %s with %s", msg_process_name(c->peer),
			       msg_name(question->type), msg_name(answer.type));
	}
	*ret = answer;
	return 0;
}

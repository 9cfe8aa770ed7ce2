#include "net/connect.h"

#include "base/fd.h"
#include "sys/sockaddr.h"
#include "sys/stream.h"

#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

struct target {
	struct sockaddr_storage at;
	socklen_t n;
	char text[128]; /* for why */
};

static void name_target(struct target *t, struct ip ip, uint16_t port)
{
	cleanup(arena_freep) struct arena *a = arena_new("connect", 1024);
	struct strbuf b = strbuf_make(a, IP_TEXT_MAX);

	ip_put(&b, ip);
	snprintf(t->text, sizeof(t->text), "%.*s port %u", STR_ARG(strbuf_str(&b)), port);
}

/* Waits for a connection that is on its way, then asks how it went (connect(2)). */
static int finish(int fd, const struct target *t, deadline d, struct why *why)
{
	int failed = 0;
	socklen_t n = sizeof(failed);
	int r = stream_wait(fd, POLLOUT, d, why);

	if (r < 0)
		return r;
	if (r == STREAM_E_TIMEOUT)
		return why_set(why, -ETIMEDOUT, "connect to %s: %m", t->text);
	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &failed, &n) < 0)
		failed = errno;
	return failed ? why_set(why, -failed, "connect to %s: %m", t->text) : 0;
}

static int connect_to(const struct target *t, const struct target *from, deadline d,
		      struct why *why)
{
	cleanup(fd_closep) int fd = -1;
	int r;

	fd = socket(t->at.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return why_set(why, -errno, "socket: %m");
	if (from->n && bind(fd, (const struct sockaddr *)&from->at, from->n) < 0)
		return why_set(why, -errno, "bind to %s: %m", from->text);
	if (connect(fd, (const struct sockaddr *)&t->at, t->n) < 0) {
		if (errno != EINPROGRESS)
			return why_set(why, -errno, "connect to %s: %m", t->text);
		r = finish(fd, t, d, why);
		if (r < 0)
			return r;
	}
	return take_fd(fd);
}

int connect_tcp(struct ip to, uint16_t port, struct ip from, deadline d, struct why *why)
{
	struct target t = { 0 }, local = { 0 };

	bug_if(to.n == 0);
	t.n = sockaddr_fill(&t.at, to, port);
	name_target(&t, to, port);
	if (from.n) {
		local.n = sockaddr_fill(&local.at, from, 0);
		name_target(&local, from, 0);
	}
	return connect_to(&t, &local, d, why);
}

int connect_unix(str path, deadline d, struct why *why)
{
	struct target t = { .n = sizeof(struct sockaddr_un) }, local = { 0 };
	struct sockaddr_un at = { .sun_family = AF_UNIX };

	if (path.n == 0 || path.n >= sizeof(at.sun_path))
		return why_set(why, -ENAMETOOLONG, "connect to %.*s: %m", STR_ARG(path));
	memcpy(at.sun_path, path.p, path.n);
	memcpy(&t.at, &at, sizeof(at));
	snprintf(t.text, sizeof(t.text), "%.*s", STR_ARG(path));
	return connect_to(&t, &local, d, why);
}

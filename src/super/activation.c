#include "super/activation.h"

#include "base/fd.h"
#include "base/num.h"
#include "sys/sockaddr.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

enum { FIRST_FD = 3 };

void activation_begin(struct activation *a)
{
	str pid = str_c(getenv("LISTEN_PID"));
	uint64_t whose, n;

	a->n = 0;
	if (!num_u64(pid, &whose) || whose != (uint64_t)getpid() ||
	    !num_u64_max(str_c(getenv("LISTEN_FDS")), ACTIVATION_MAX, &n))
		return;
	for (int fd = FIRST_FD; fd < FIRST_FD + (int)n; fd++) {
		if (fcntl(fd, F_SETFD, FD_CLOEXEC) == 0)
			a->fds[a->n++] = fd;
	}
}

static bool listens_at(int fd, struct ip ip, uint16_t port)
{
	struct sockaddr_storage at = { 0 };
	socklen_t n = sizeof(at), size = sizeof(int);
	int listening = 0, type = 0;
	struct ip found;
	uint16_t found_port;

	if (getsockname(fd, (struct sockaddr *)&at, &n) < 0 ||
	    getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, &size) < 0 ||
	    getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) < 0)
		return false;
	found = sockaddr_ip(&at, &found_port);
	return listening && type == SOCK_STREAM && found_port == port && ip_eq(found, ip);
}

int activation_take(struct activation *a, str host, uint16_t port)
{
	struct ip ip;

	if (!ip_parse(host, &ip))
		return -1;
	for (size_t i = 0; i < a->n; i++) {
		int flags = a->fds[i] < 0 ? -1 : fcntl(a->fds[i], F_GETFL);

		if (flags >= 0 && listens_at(a->fds[i], ip, port) &&
		    fcntl(a->fds[i], F_SETFL, flags | O_NONBLOCK) == 0)
			return take_fd(a->fds[i]);
	}
	return -1;
}

size_t activation_end(struct activation *a)
{
	size_t closed = 0;

	for (size_t i = 0; i < a->n; i++) {
		closed += a->fds[i] >= 0;
		a->fds[i] = fd_close(a->fds[i]);
	}
	return closed;
}

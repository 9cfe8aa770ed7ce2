#include "sys/listen.h"

#include "base/fd.h"
#include "sys/sockaddr.h"

#include <errno.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static int open_socket(int family, int type, struct why *why)
{
	int fd = socket(family, type | SOCK_CLOEXEC, 0);

	return fd < 0 ? why_set(why, -errno, "socket: %m") : fd;
}

int listen_tcp(str host, uint16_t port, struct why *why)
{
	cleanup(fd_closep) int fd = -1;
	struct sockaddr_storage at;
	struct ip ip;
	socklen_t n;
	int one = 1;

	if (!ip_parse(host, &ip))
		return why_set(why, -EINVAL, "listen on %.*s: not an address", STR_ARG(host));
	fd = open_socket(ip.n == IP_V4 ? AF_INET : AF_INET6, SOCK_STREAM | SOCK_NONBLOCK, why);
	if (fd < 0)
		return fd;
	n = sockaddr_fill(&at, ip, port);
	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)) < 0 ||
	    (ip.n == IP_V6 && setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &one, sizeof(one)) < 0) ||
	    bind(fd, (struct sockaddr *)&at, n) < 0 || listen(fd, LISTEN_BACKLOG) < 0)
		return why_set(why, -errno, "listen on %.*s port %u: %m", STR_ARG(host), port);
	return take_fd(fd);
}

/* Only a socket is removed: a wrong path in the configuration must not cost a file. */
static void remove_old_socket(const char *path)
{
	struct stat st;

	if (lstat(path, &st) == 0 && S_ISSOCK(st.st_mode))
		(void)unlink(path); /* bind says why when it did not work */
}

static int listen_at(const char *path, int type, unsigned mode, struct why *why)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	cleanup(fd_closep) int fd = -1;
	size_t n = strlen(path);

	if (n == 0 || n >= sizeof(at.sun_path))
		return why_set(why, -ENAMETOOLONG, "listen on %s: %m", path);
	memcpy(at.sun_path, path, n);
	fd = open_socket(AF_UNIX, type, why);
	if (fd < 0)
		return fd;
	remove_old_socket(path);
	/* The descriptor's mode becomes the mode of the new socket file, less the umask. */
	if (fchmod(fd, mode) < 0 || bind(fd, (struct sockaddr *)&at, sizeof(at)) < 0 ||
	    chmod(path, mode) < 0 || listen(fd, LISTEN_BACKLOG) < 0)
		return why_set(why, -errno, "listen on %s: %m", path);
	return take_fd(fd);
}

int listen_unix(const char *path, unsigned mode, struct why *why)
{
	return listen_at(path, SOCK_SEQPACKET, mode, why);
}

int listen_unix_stream(const char *path, unsigned mode, struct why *why)
{
	return listen_at(path, SOCK_STREAM | SOCK_NONBLOCK, mode, why);
}

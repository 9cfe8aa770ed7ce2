#include "super/notify.h"

#include "base/num.h"
#include "base/str.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { TEXT_MAX = 512 };

/* Half of what the manager waits, as it asks for. */
static int64_t alive_ms(void)
{
	str us = str_c(getenv("WATCHDOG_USEC")), pid = str_c(getenv("WATCHDOG_PID"));
	uint64_t n, whose;

	if (!num_u64_max(us, INT64_MAX, &n) || n < 2000)
		return 0;
	if (pid.n && (!num_u64(pid, &whose) || whose != (uint64_t)getpid()))
		return 0;
	return (int64_t)(n / 2000);
}

void notify_begin(struct notify *n)
{
	str path = str_c(getenv("NOTIFY_SOCKET"));

	*n = (struct notify){ .fd = -1, .to = { .sun_family = AF_UNIX } };
	if (path.n < 2 || path.n >= sizeof(n->to.sun_path) ||
	    (path.p[0] != '/' && path.p[0] != '@'))
		return;
	memcpy(n->to.sun_path, path.p, path.n);
	if (path.p[0] == '@')
		n->to.sun_path[0] = '\0'; /* an abstract name (unix(7)) */
	n->length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + path.n);
	n->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	n->alive_ms = alive_ms();
	n->alive_at = deadline_in(n->alive_ms);
}

void notify_say(const struct notify *n, const char *fmt, ...)
{
	char text[TEXT_MAX];
	va_list args;
	int length;

	if (n->fd < 0)
		return;
	va_start(args, fmt);
	length = vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	if (length <= 0 || length >= TEXT_MAX)
		return;
	(void)sendto(n->fd, text, (size_t)length, MSG_NOSIGNAL, (const struct sockaddr *)&n->to,
		     n->length);
}

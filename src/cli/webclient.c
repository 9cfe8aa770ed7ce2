#include "cli/webclient.h"

#include "base/fd.h"
#include "sys/stream.h"

#include <errno.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>

enum { CHUNK = 64 << 10 };

static int open_socket(const char *path, struct why *why)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	cleanup(fd_closep) int fd = -1;

	if (strlen(path) >= sizeof(at.sun_path))
		return why_set(why, -ENAMETOOLONG,
			       "%s: too long for a socket; choose a shorter paths.runtime", path);
	memcpy(at.sun_path, path, strlen(path));
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return why_set(why, -errno, "socket: %m");
	if (connect(fd, (const struct sockaddr *)&at, sizeof(at)) < 0)
		return why_set(why, -errno,
			       "%s: %m; is the gateway running, and are you root or in the group "
			       "of users.web?",
			       path);
	return take_fd(fd);
}

/* Everything up to the end of the connection. */
static int read_all(struct stream *s, struct strbuf *out, deadline d, struct why *why)
{
	for (;;) {
		str chunk;
		int r = stream_peek(s, d, &chunk, why);

		if (r == STREAM_E_EOF)
			return 0;
		if (r != STREAM_OK)
			return r < 0 ? r : why_set(why, -ETIMEDOUT, "no answer in time");
		strbuf_put(out, chunk);
		stream_consume(s, chunk.n);
		if (out->overflow)
			return why_set(why, -EFBIG, "the answer is too long");
	}
}

bool webclient_body(str answer, str *ret)
{
	size_t end = str_find(answer, STR("\r\n\r\n"));
	bool is_http = str_starts(answer, STR("HTTP/1.")) && answer.n > 12;

	if (!is_http || end == STR_NONE || !str_starts(str_skip(answer, 8), STR(" 200")))
		return false;
	*ret = str_skip(answer, end + 4);
	return true;
}

int webclient_get(const char *path, const char *page, struct arena *a, str *ret, struct why *why)
{
	cleanup(fd_closep) int fd = open_socket(path, why);
	struct strbuf answer = strbuf_make(a, WEBCLIENT_MAX);
	deadline d = deadline_in(WEBCLIENT_MS);
	char *in = arena_alloc(a, CHUNK), out[512];
	struct stream s;
	int r;

	if (fd < 0)
		return fd;
	stream_init(&s, fd);
	stream_lend(&s, in, CHUNK, out, sizeof(out));
	/* Version 1.0: the end of the connection is the end of the body. */
	r = stream_write(&s, arena_fmt(a, "GET %s HTTP/1.0\r\nHost: localhost\r\n\r\n", page), d,
			 why);
	if (r == STREAM_OK)
		r = stream_flush(&s, d, why);
	if (r == STREAM_OK)
		r = read_all(&s, &answer, d, why);
	else if (r > 0)
		r = why_set(why, -ETIMEDOUT, "the question was not taken");
	if (r < 0)
		return why_prefix(why, r, "%s", path);
	if (!webclient_body(strbuf_str(&answer), ret))
		return why_set(why, -EPROTO, "%s: answered with no page", path);
	return 0;
}

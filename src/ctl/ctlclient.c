#include "ctl/ctlclient.h"

#include "base/fd.h"
#include "sys/chan.h"

#include <errno.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>

static int open_socket(const char *path, struct why *why)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	cleanup(fd_closep) int fd = -1;

	if (strlen(path) >= sizeof(at.sun_path))
		return why_set(why, -ENAMETOOLONG,
			       "%s: too long for a socket; choose a shorter paths.runtime", path);
	memcpy(at.sun_path, path, strlen(path));
	fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return why_set(why, -errno, "socket: %m");
	if (connect(fd, (const struct sockaddr *)&at, sizeof(at)) < 0)
		return why_set(why, -errno, "%s: %m; is the gateway running, and are you its user?",
			       path);
	return take_fd(fd);
}

/* A received document, mapped. */
static int take_document(struct msg *m, struct ctlclient_answer *ret, struct why *why)
{
	cleanup(fd_closep) int fd = msg_take_fd(m, 0);

	if (fd < 0)
		return 0;
	if (!fd_is_sealed(fd))
		return why_set(why, -EPROTO, "the document is not sealed");
	return fd_map(fd, SIZE_MAX, &ret->document, why);
}

int ctlclient_ask(const char *path, const str *words, size_t n, int document, struct arena *a,
		  struct ctlclient_answer *ret, struct why *why)
{
	struct msg question = { .type = MSG_command }, answer;
	struct ctlclient_answer got = { 0 };
	int fd = open_socket(path, why);
	struct chan *c;
	int r;

	if (fd < 0)
		return fd;
	question.command.words.v = arena_array(a, str, n);
	question.command.words.n = n;
	for (size_t i = 0; i < n; i++)
		question.command.words.v[i] = words[i];
	question.fds[0] = document;
	question.n_fds = document >= 0;
	c = chan_new(fd, PROCESS_CLI, PROCESS_STORE);
	r = chan_ask(c, &question, MSG_answer, a, deadline_in(CTLCLIENT_MS), &answer, why);
	chan_free(c);
	if (r < 0)
		return why_prefix(why, r, "%s", path);
	got.status = (int)answer.answer.status;
	got.text = answer.answer.text;
	r = take_document(&answer, &got, why);
	msg_close(&answer);
	if (r == 0)
		*ret = got;
	return r;
}

void ctlclient_end(struct ctlclient_answer *answer)
{
	fd_unmap(&answer->document);
}

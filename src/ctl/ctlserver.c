#include "ctl/ctlserver.h"

#include "base/fd.h"
#include "base/log.h"
#include "sys/stream.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { ARENA_BUDGET = 512 << 20 }; /* a list of a very long queue */

static bool is_permitted(int fd)
{
	struct ucred peer;
	socklen_t n = sizeof(peer);

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &n) < 0)
		return false;
	return peer.uid == 0 || peer.uid == geteuid();
}

static int serve(const struct ctlserver *s, struct chan *c, struct arena *a, struct why *why)
{
	struct ctlserver_answer answer = { .fd = -1 };
	struct msg question, m = { .type = MSG_answer };
	struct ctlserver_question q;
	int r = chan_receive(c, a, deadline_in(CTLSERVER_MS), &question, why);

	if (r < 0)
		return r;
	q = (struct ctlserver_question){ question.command.words.v, question.command.words.n,
					 question.n_fds ? question.fds[0] : -1 };
	s->handle(s->ctx, a, &q, &answer);
	msg_close(&question);
	m.answer.status = (uint64_t)answer.status;
	m.answer.text = str_sub(answer.text, 0, CTLSERVER_TEXT_MAX);
	if (answer.fd >= 0) {
		m.fds[0] = answer.fd;
		m.n_fds = 1;
	}
	r = chan_send(c, &m, why);
	fd_close(answer.fd);
	return r;
}

int ctlserver_step(const struct ctlserver *s, struct why *why)
{
	cleanup(arena_freep) struct arena *a = arena_new("control", ARENA_BUDGET);
	struct why quarrel = { "" };
	struct chan *c;
	int r = stream_wait(s->listener, POLLIN, CHAN_FOREVER, why);
	int fd;

	if (r < 0)
		return r;
	fd = accept4(s->listener, NULL, NULL, SOCK_CLOEXEC);
	if (fd < 0)
		return 0; /* it went away again */
	if (!is_permitted(fd)) {
		log_event("control.refused", F_C("why", "neither root nor our own user"));
		fd_close(fd);
		return 0;
	}
	c = chan_new(fd, s->me, PROCESS_CLI);
	if (serve(s, c, a, &quarrel) < 0)
		log_event("control.failed", F_C("why", quarrel.text));
	chan_free(c);
	return 0;
}

void ctlserver_run(void *server)
{
	struct why why;

	while (ctlserver_step(server, &why) == 0)
		;
	log_event("control.ended", F_C("why", why.text));
}

#include "audit/sink.h"

#include "base/fd.h"
#include "sys/listen.h"
#include "sys/sockaddr.h"
#include "sys/stream.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum { COMMAND_MAX = 4096, BUFFER = 64 << 10, MESSAGE_BUDGET = 3 * WATCH_MESSAGE_MAX };

struct sink_message {
	struct sink_message *next;
	struct arena *arena;
	str bytes;
};

struct sink {
	struct arena *arena;
	int listener, stop; /* stop: an eventfd that can be read once it is over */
	pthread_t threads[SINK_CLIENTS];
	size_t n_threads;
	pthread_mutex_t lock;
	struct sink_message *first, **last;
	size_t waiting;
};

/* One connection. */
struct sink_client {
	struct sink *sink;
	struct stream io;
	char in[BUFFER], out[BUFFER];
};

static bool say(struct sink_client *c, str line)
{
	deadline d = deadline_in(SINK_IDLE_MS);

	return stream_write(&c->io, line, d, NULL) == STREAM_OK &&
	       stream_flush(&c->io, d, NULL) == STREAM_OK;
}

/* True when there is room for it; otherwise its arena is freed. */
static bool keep(struct sink *s, struct arena *a, str bytes)
{
	struct sink_message *m = arena_make(a, struct sink_message);
	bool room;

	*m = (struct sink_message){ .arena = a, .bytes = bytes };
	pthread_mutex_lock(&s->lock);
	room = s->waiting < SINK_WAITING;
	if (room) {
		*s->last = m;
		s->last = &m->next;
		s->waiting++;
	}
	pthread_mutex_unlock(&s->lock);
	if (!room)
		arena_free(a);
	return room;
}

/* What stands before the final dot, its end included; STR_NONE: more has to come. */
static size_t end_of_data(const struct strbuf *b, size_t from)
{
	size_t at;

	if (str_starts(strbuf_str(b), STR(".\r\n")))
		return 0;
	at = str_find(str_skip(strbuf_str(b), from > 4 ? from - 4 : 0), STR("\r\n.\r\n"));
	return at == STR_NONE ? STR_NONE : at + (from > 4 ? from - 4 : 0) + 2;
}

/* RFC 5321 4.5.2, behind CRLF only. */
static str unstuffed(char *p, size_t n)
{
	char before = '\r', last = '\n'; /* the two bytes before p[i] */
	size_t to = 0;

	for (size_t i = 0; i < n; i++) {
		char c = p[i];
		bool stuffed = c == '.' && last == '\n' && before == '\r';

		if (!stuffed)
			p[to++] = c;
		before = last;
		last = c;
	}
	return str_of(p, to);
}

static bool take_data(struct sink_client *c)
{
	cleanup(arena_freep) struct arena *a = arena_new("sink", MESSAGE_BUDGET);
	struct strbuf b = strbuf_make(a, WATCH_MESSAGE_MAX);
	size_t end = STR_NONE;

	if (!say(c, STR("354 go ahead\r\n")))
		return false;
	while (end == STR_NONE) {
		size_t before = b.n, used;
		str chunk;

		if (stream_peek(&c->io, deadline_in(SINK_IDLE_MS), &chunk, NULL) != STREAM_OK)
			return false;
		strbuf_put(&b, chunk);
		if (b.overflow)
			return false;
		end = end_of_data(&b, before);
		used = end == STR_NONE ? chunk.n : end + 3 - before;
		stream_consume(&c->io, used);
	}
	if (!keep(c->sink, a, unstuffed(b.p, end)))
		return a = NULL, say(c, STR("452 4.3.1 too many messages\r\n"));
	a = NULL;
	return say(c, STR("250 2.0.0 kept\r\n"));
}

/* False: the connection is over. */
static bool take_command(struct sink_client *c)
{
	static const str capabilities = STR("250-sink\r\n250-PIPELINING\r\n250-8BITMIME\r\n"
					    "250-SMTPUTF8\r\n250-ENHANCEDSTATUSCODES\r\n"
					    "250 SIZE 67108864\r\n");
	str line;

	if (stream_read_line(&c->io, COMMAND_MAX, deadline_in(SINK_IDLE_MS), &line, NULL) !=
	    STREAM_OK)
		return false;
	if (str_casestarts(line, STR("EHLO")) || str_casestarts(line, STR("LHLO")))
		return say(c, capabilities);
	if (str_casestarts(line, STR("DATA")))
		return take_data(c);
	if (str_casestarts(line, STR("QUIT"))) {
		say(c, STR("221 2.0.0 bye\r\n"));
		return false;
	}
	if (str_casestarts(line, STR("HELO")) || str_casestarts(line, STR("MAIL")) ||
	    str_casestarts(line, STR("RCPT")) || str_casestarts(line, STR("RSET")) ||
	    str_casestarts(line, STR("NOOP")))
		return say(c, STR("250 2.0.0 ok\r\n"));
	return say(c, STR("502 5.5.1 not here\r\n"));
}

static void serve(struct sink *s, int fd)
{
	cleanup(arena_freep) struct arena *a = arena_new("sink client", 1 << 20);
	struct sink_client *c = arena_make(a, struct sink_client);

	c->sink = s;
	stream_init(&c->io, fd);
	stream_lend(&c->io, c->in, BUFFER, c->out, BUFFER);
	if (say(c, STR("220 sink ESMTP\r\n"))) {
		/* stop can be read for ever: every thread sees it. */
		while ((stream_has_input(&c->io) || stream_wait_first(fd, s->stop)) &&
		       take_command(c))
			;
	}
	fd_close(fd);
}

static void *run(void *arg)
{
	struct sink *s = arg;

	while (stream_wait_first(s->listener, s->stop)) {
		int fd = accept4(s->listener, NULL, NULL, SOCK_CLOEXEC);

		if (fd >= 0)
			serve(s, fd);
	}
	return NULL;
}

static int port_of(int fd, uint16_t *ret)
{
	struct sockaddr_storage at;
	socklen_t n = sizeof(at);

	if (getsockname(fd, (struct sockaddr *)&at, &n) < 0)
		return -errno;
	(void)sockaddr_ip(&at, ret);
	return 0;
}

int sink_start(struct ip ip, uint16_t port, struct sink **ret, uint16_t *ret_port, struct why *why)
{
	struct arena *a = arena_new("sink", 1 << 20);
	struct sink *s = arena_make(a, struct sink);
	struct strbuf host = strbuf_make(a, IP_TEXT_MAX);

	*s = (struct sink){ .arena = a, .listener = -1, .lock = PTHREAD_MUTEX_INITIALIZER };
	s->last = &s->first;
	s->stop = eventfd(0, EFD_CLOEXEC);
	bug_if(s->stop < 0);
	ip_put(&host, ip);
	s->listener = listen_tcp(strbuf_str(&host), port, why);
	if (s->listener < 0 || port_of(s->listener, ret_port) < 0) {
		int r = s->listener < 0 ? s->listener : why_set(why, -EIO, "getsockname");

		sink_stop(s);
		return r;
	}
	while (s->n_threads < SINK_CLIENTS &&
	       pthread_create(&s->threads[s->n_threads], NULL, run, s) == 0)
		s->n_threads++;
	*ret = s;
	return s->n_threads ? 0 : why_set(why, -EAGAIN, "no threads");
}

static struct sink_message *take_all(struct sink *s)
{
	struct sink_message *m;

	pthread_mutex_lock(&s->lock);
	m = s->first;
	s->first = NULL;
	s->last = &s->first;
	s->waiting = 0;
	pthread_mutex_unlock(&s->lock);
	return m;
}

static int look(void *ctx, watch_take_fn *take, void *take_ctx, struct why *why)
{
	struct sink_message *m = take_all(ctx), *next;

	(void)why;
	for (; m; m = next) {
		next = m->next;
		take(take_ctx, m->bytes);
		arena_free(m->arena);
	}
	return 0;
}

struct watch sink_watch(struct sink *s)
{
	return (struct watch){ s, look };
}

static void forget(void *ctx, str message)
{
	(void)ctx;
	(void)message;
}

void sink_stop(struct sink *s)
{
	uint64_t one = 1;

	if (!s)
		return;
	bug_if(write(s->stop, &one, sizeof(one)) != sizeof(one));
	for (size_t i = 0; i < s->n_threads; i++)
		pthread_join(s->threads[i], NULL);
	(void)look(s, forget, NULL, NULL);
	fd_close(s->listener);
	fd_close(s->stop);
	arena_free(s->arena);
}

#include "audit/ourselves.h"

#include "base/fd.h"
#include "smtp/smtpsession.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <sys/socket.h>

enum { REPLY_MS = 10000, LISTEN_MS = 200 };

/* The other end of the dialogue. */
struct ourselves {
	struct smtppolicy *policy;
	struct smtpsession_outside outside;
	struct conf_listener listener;
	pthread_t thread;
	bool running;
	int fd;
};

static int submit(void *ctx, const struct msg_submit *m, int fd, const struct conf *conf,
		  struct arena *a, struct msg_submitted *ret, struct why *why)
{
	(void)ctx, (void)m, (void)fd, (void)conf, (void)a, (void)why;
	*ret = (struct msg_submitted){ 250, STR("2.0.0"), STR("Accepted"), STR("audit") };
	return 0;
}

static bool hold(void *ctx, struct smtpsession *s, int64_t bytes)
{
	(void)ctx, (void)s, (void)bytes;
	return true;
}

static int64_t wall(void *ctx)
{
	(void)ctx;
	return clock_wall();
}

static bool writing(void *ctx, int change)
{
	(void)ctx, (void)change;
	return true;
}

static bool moved(void *ctx, struct smtpsession *s)
{
	(void)ctx, (void)s;
	return true;
}

static void refused(void *ctx, const struct smtpsession *s, unsigned code, str enhanced,
		    str argument, str reason)
{
	(void)ctx, (void)s, (void)code, (void)enhanced, (void)argument, (void)reason;
}

static void trouble(void *ctx, const struct smtpsession *s, const char *what, const struct why *why)
{
	(void)ctx, (void)s, (void)what, (void)why;
}

/* As the lobby does it: a step for each burst of bytes, until the session is over. */
static void *serve(void *arg)
{
	cleanup(arena_freep) struct arena *a = arena_new("session", 1 << 20);
	struct ourselves *o = arg;
	struct smtpsession s = { .listener = &o->listener,
				 .ip = ip_of((const uint8_t[4]){ 203, 0, 113, 66 }, IP_V4) };
	struct stream io;
	deadline until = deadline_in(REPLY_MS);

	stream_init(&io, o->fd);
	stream_lend(&io, arena_alloc(a, LOBBY_IN_BYTES), LOBBY_IN_BYTES,
		    arena_alloc(a, LOBBY_OUT_BYTES), LOBBY_OUT_BYTES);
	smtpsession_begin(&s, &o->outside, smtppolicy_ref(o->policy));
	while (smtpsession_step(&s, &io, &until) != LOBBY_CLOSE) {
		if (stream_wait(o->fd, POLLIN, until, NULL) != STREAM_OK) {
			smtpsession_expire(&s, &io, LOBBY_IDLE);
			break;
		}
	}
	smtpsession_end(&s, &io);
	fd_close(o->fd);
	return NULL;
}

static void join(struct ourselves *o)
{
	if (o->running)
		pthread_join(o->thread, NULL);
	o->running = false;
}

/* For struct talk_target: a connection is a session of its own. The one before has ended. */
static int connect_to(void *ctx)
{
	struct ourselves *o = ctx;
	int pair[2];

	join(o);
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
		return -errno;
	o->fd = pair[1];
	if (pthread_create(&o->thread, NULL, serve, o) != 0) {
		fd_close(pair[0]);
		fd_close(pair[1]);
		return -EAGAIN;
	}
	o->running = true;
	return pair[0];
}

static int start(struct ourselves *o, struct arena *a, const struct conf *conf, struct why *why)
{
	struct strbuf text = strbuf_make(a, CONF_TEXT_MAX);

	conf_text_encode(conf, CONF_FOR_EDGE, &text);
	o->outside = (struct smtpsession_outside){ o,	    submit, hold,    wall,
						   writing, moved,  refused, trouble };
	return smtppolicy_new(strbuf_str(&text), &o->policy, why);
}

static void judge_all(struct ourselves *o, const struct conf *conf, struct arena *a, str prefix,
		      ourselves_take_fn *take, void *ctx)
{
	static const struct dialogue_wishes wishes = { .n_unknown = 0 };
	const struct talk_target to = { .host = conf->hostname,
					.name = STR("test.evil.example"),
					.timeout_ms = REPLY_MS,
					.connect = connect_to,
					.connect_ctx = o };
	const struct dialogue_setting setting = {
		.to = &to,
		.run = STR("offline"),
		.from = STR("x@evil.example"),
		.rcpt = arena_fmt(a, "alice@%.*s",
				  STR_ARG(conf->domains.n ? conf->domains.v[0] : conf->hostname)),
		.listen_ms = LISTEN_MS,
		.wishes = &wishes,
	};
	const struct dialogue_case *c;

	for (size_t i = 0; (c = dialogue_at(i)); i++) {
		struct fate_row row = { .id = dialogue_id(c),
					.case_id = dialogue_case_id(c),
					.group = dialogue_group(c),
					.title = dialogue_title(c) };

		if (!str_starts(row.id, prefix) || !dialogue_is_closed(c))
			continue;
		dialogue_run(c, &setting, a, &row);
		if (row.judgement != FATE_UNCLEAR && row.judgement != FATE_SKIPPED)
			take(ctx, &row);
	}
}

int ourselves_judge(const struct conf *conf, str prefix, ourselves_take_fn *take, void *ctx,
		    struct why *why)
{
	cleanup(arena_freep) struct arena *a = arena_new("ourselves", 256 << 20);
	struct ourselves o = { .fd = -1 };
	int r = start(&o, a, conf, why);

	if (r < 0)
		return r;
	judge_all(&o, conf, a, prefix, take, ctx);
	join(&o);
	smtppolicy_free(o.policy);
	return 0;
}

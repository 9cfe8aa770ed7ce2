/* bin/poterne_memory.c - what the gateway remembers about senders, correspondents and hashes.
 *
 * It keeps one file in a directory of its own and knows names as keyed hashes only. It sees no
 * mail; only when several gateways are to share what they know it may connect, to their server.
 */
#include "base/fd.h"
#include "base/log.h"
#include "base/map.h"
#include "memory/memorylane.h"
#include "memory/memoryredis.h"
#include "memory/memoryseal.h"
#include "memory/memorystore.h"
#include "sys/metrics.h"
#include "sys/proc.h"
#include "sys/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CONF_BUDGET = 4 << 20, FLUSH_MS = 500, EXPIRE_MS = 60000, OPEN_FILES = 2048 };

struct service {
	uint64_t config; /* hash of what all this was made from */
	struct memorystore *store;
	struct memoryredis *shared; /* or NULL */
	const char *server;
	struct memory memory;
	uint64_t dropped; /* that are counted */
	bool failing;	  /* the last flush failed, and that was said */
	deadline expire_at;
};

__attribute__((noreturn)) static void fail(const char *why)
{
	log_event("process.failed", F_C("why", why));
	exit(1);
}

static int answer(void *ctx, struct chan *c, struct msg *m, struct arena *a)
{
	struct service *s = ctx;
	int64_t began = clock_now_us();
	struct why why = { "" };
	int r = memorylane_answer(&s->memory, c, m, a, &why);

	if (m->type == MSG_recall)
		metrics_observe(METRIC_memory_recall, (uint64_t)(clock_now_us() - began));
	else
		metrics_add(METRIC_memory_notes, 1);
	if (r < 0 && r != -EPIPE)
		log_event("memory.lane_closed", F_C("why", why.text));
	return r;
}

static void take_lane(void *ctx, enum process peer, bool serve unused_arg, int fd,
		      uint64_t id unused_arg)
{
	struct why why;

	if (lanes_serve(fd, PROCESS_MEMORY, peer, answer, ctx, &why) < 0)
		log_event("lane.failed", F_C("why", why.text));
}

/* A disk that fails is told once, until it works again. */
static void flush(struct service *s)
{
	struct why why = { "" };
	size_t n;
	int r = memorystore_flush(s->store, &n, &why);
	uint64_t dropped = memorystore_dropped(s->store);

	if (r < 0 && !s->failing)
		log_event("memory.failed", F_C("why", why.text));
	s->failing = r < 0;
	metrics_add(METRIC_memory_dropped, (int64_t)(dropped - s->dropped));
	s->dropped = dropped;
}

static void expire(struct service *s)
{
	struct why why = { "" };
	size_t n;

	if (clock_left(s->expire_at) > 0)
		return;
	s->expire_at = deadline_in(EXPIRE_MS);
	if (memorystore_expire(s->store, clock_wall(), &n, &why) < 0)
		log_event("memory.failed", F_C("why", why.text));
	metrics_set(METRIC_memory_rows, (int64_t)memorystore_rows(s->store));
}

static void tend_shared(struct service *s)
{
	struct why why = { "" };

	if (!s->shared)
		return;
	switch (memoryredis_tend(s->shared, clock_wall(), &why)) {
	case MEMORYREDIS_UP:
		log_event("memory.shared", F_C("server", s->server));
		break;
	case MEMORYREDIS_LOST:
		log_event("memory.shared_lost", F_C("server", s->server), F_C("why", why.text));
		break;
	default:
		break;
	}
	metrics_set(METRIC_memory_shared, memoryredis_connected(s->shared));
}

static void write_behind(void *ctx)
{
	pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	pthread_cond_t never;
	pthread_condattr_t attr;

	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&never, &attr);
	pthread_mutex_lock(&lock);
	for (;;) {
		deadline d = deadline_in(FLUSH_MS);
		struct timespec until = { .tv_sec = d / 1000, .tv_nsec = d % 1000 * 1000000 };

		while (clock_left(d) > 0)
			(void)pthread_cond_timedwait(&never, &lock, &until);
		flush(ctx);
		expire(ctx);
		tend_shared(ctx);
	}
}

/* Password and secret are out of reach by now: the supervisor starts us again with the new text.
 * What is being written is on disk, or half written and forgotten. */
static void reload(void *ctx, str config)
{
	const struct service *s = ctx;

	if (map_hash(config, false) == s->config)
		return;
	log_event("memory.restart", F_C("why", "configuration changed"));
	_exit(0);
}

static int read_private(const struct conf *conf, str path, size_t max, str *ret, struct why *why)
{
	cleanup(fd_closep) int fd =
		open(arena_cz(conf->arena, path), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return why_set(why, -errno, "%.*s: %m", STR_ARG(path));
	if (!S_ISREG(st.st_mode) || st.st_mode & (S_IRWXG | S_IRWXO))
		return why_set(why, -EPERM,
			       "%.*s: others may read it, or it is no file; chmod 0400 it",
			       STR_ARG(path));
	return fd_read_all(fd, conf->arena, max, ret, why);
}

static int read_password(const struct conf *conf, struct memoryredis_spec *ret, struct why *why)
{
	str line;
	int r;

	if (!conf->memory.password_file.n)
		return 0;
	r = read_private(conf, conf->memory.password_file, MEMORYREDIS_PASSWORD, &line, why);
	if (r == 0 && !memoryredis_credentials(line, &ret->user, &ret->password))
		r = why_set(why, -EINVAL, "expected one line, PASSWORD or USER PASSWORD");
	return r < 0 ? why_prefix(why, r, "memory.password_file") : 0;
}

static int read_secret(const struct conf *conf, struct memoryredis_spec *ret, struct why *why)
{
	str text;
	int r = read_private(conf, conf->memory.secret_file, MEMORYSEAL_SECRET_MAX + 2, &text, why);

	if (r == 0 && !memoryseal_secret(text, &ret->secret))
		r = why_set(why, -EINVAL, "expected one line of %d to %d characters, no blanks",
			    MEMORYSEAL_SECRET_MIN, MEMORYSEAL_SECRET_MAX);
	return r < 0 ? why_prefix(why, r, "memory.secret_file") : 0;
}

static int open_store(struct service *s, const struct memory_limits *l, struct why *why)
{
	int r = memorystore_open("memory.db", l, &s->store, why);

	if (r < 0)
		return r;
	if (r == MEMORYSTORE_RENEWED)
		log_event("memory.renewed", F_C("why", "memory.db was damaged, and is set aside"));
	s->memory = memorystore_memory(s->store);
	return 0;
}

static void open_shared(struct service *s, const struct conf *conf, struct memoryredis_spec *spec)
{
	spec->address = arena_cz(conf->arena, conf->memory.shared.at.host);
	spec->port = conf->memory.shared.at.port;
	spec->below = s->memory;
	s->server = arena_fmt(conf->arena, "%s %u", spec->address, spec->port).p;
	s->shared = memoryredis_new(spec);
	s->memory = memoryredis_memory(s->shared);
	tend_shared(s);
}

static int prepare(struct service *s, str config, struct why *why)
{
	struct arena *a = arena_new("memory settings", CONF_BUDGET);
	struct conf *conf = conf_new_default(a);
	int r = conf_text_decode(conf, config, why);
	bool shares = conf->memory.shared.kind != CONF_PEER_NONE;
	struct memoryredis_spec shared = { .limits = memory_limits_of(conf) };
	struct sandbox_spec spec = {
		.user = arena_cz(a, conf->users.memory),
		.rights = SANDBOX_THREADS | SANDBOX_FILES | (shares ? SANDBOX_CONNECT : 0),
		.home = arena_fmt(a, "%.*s/memory", STR_ARG(conf->paths.state)).p,
		.open_files = OPEN_FILES,
	};

	if (r == 0 && shares)
		r = read_password(conf, &shared, why);
	if (r == 0 && shares)
		r = read_secret(conf, &shared, why);
	if (r == 0)
		r = sandbox_enter(&spec, why);
	if (r == 0)
		r = open_store(s, &shared.limits, why);
	if (r == 0 && shares)
		open_shared(s, conf, &shared);
	return r;
}

static void stop(void *ctx, int64_t grace_ms unused_arg)
{
	struct service *s = ctx;
	struct why why;
	size_t n;

	if (memorystore_flush(s->store, &n, &why) < 0)
		log_event("memory.failed", F_C("why", why.text));
}

int main(void)
{
	struct proc *p = proc_enter(PROCESS_MEMORY);
	struct service s = { .config = map_hash(proc_config(p), false) };
	const struct proc_handlers handlers = { &s, take_lane, reload, stop };
	struct why why = { "" };

	if (prepare(&s, proc_config(p), &why) < 0 || proc_thread(write_behind, &s, &why) < 0)
		fail(why.text);
	proc_run(p, &handlers);
}

/* bin/poterne_memory.c - what the gateway remembers about senders, correspondents and hashes.
 *
 * It keeps one file in a directory of its own and knows names as keyed hashes only. It sees no
 * mail, and no network.
 */
#include "base/log.h"
#include "memory/memorylane.h"
#include "memory/memorystore.h"
#include "sys/metrics.h"
#include "sys/proc.h"
#include "sys/sandbox.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

enum { CONF_BUDGET = 4 << 20, FLUSH_MS = 500, EXPIRE_MS = 60000, OPEN_FILES = 2048 };

struct service {
	struct memorystore *store;
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

static int decode(str config, struct arena **ret_arena, struct conf **ret, struct why *why)
{
	struct arena *a = arena_new("memory settings", CONF_BUDGET);
	struct conf *conf = conf_new_default(a);
	int r = conf_text_decode(conf, config, why);

	if (r < 0) {
		arena_free(a);
		return r;
	}
	*ret_arena = a;
	*ret = conf;
	return 0;
}

static void reload(void *ctx, str config)
{
	struct service *s = ctx;
	struct memory_limits l;
	struct arena *a;
	struct conf *conf;
	struct why why;

	if (decode(config, &a, &conf, &why) < 0) {
		log_event("reload.refused", F_C("why", why.text));
		return;
	}
	l = memory_limits_of(conf);
	memorystore_set_limits(s->store, &l);
	arena_free(a);
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
	}
}

static void stop(void *ctx, int64_t grace_ms unused_arg)
{
	struct service *s = ctx;
	struct why why;
	size_t n;

	if (memorystore_flush(s->store, &n, &why) < 0)
		log_event("memory.failed", F_C("why", why.text));
}

static int open_store(struct service *s, const struct conf *conf, struct why *why)
{
	struct memory_limits l = memory_limits_of(conf);
	int r = memorystore_open("memory.db", &l, &s->store, why);

	if (r < 0)
		return r;
	if (r == MEMORYSTORE_RENEWED)
		log_event("memory.renewed", F_C("why", "memory.db was damaged, and is set aside"));
	s->memory = memorystore_memory(s->store);
	return 0;
}

int main(void)
{
	struct proc *p = proc_enter(PROCESS_MEMORY);
	struct service s = { 0 };
	const struct proc_handlers handlers = { &s, take_lane, reload, stop };
	struct sandbox_spec spec = { .rights = SANDBOX_THREADS | SANDBOX_FILES,
				     .open_files = OPEN_FILES };
	struct arena *a;
	struct conf *conf;
	struct why why;

	if (decode(proc_config(p), &a, &conf, &why) < 0)
		fail(why.text);
	spec.user = arena_cz(a, conf->users.memory);
	spec.home = arena_fmt(a, "%.*s/memory", STR_ARG(conf->paths.state)).p;
	if (sandbox_enter(&spec, &why) < 0 || open_store(&s, conf, &why) < 0 ||
	    proc_thread(write_behind, &s, &why) < 0)
		fail(why.text);
	proc_run(p, &handlers);
}

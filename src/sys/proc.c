#include "sys/proc.h"

#include "base/fd.h"
#include "base/log.h"
#include "sys/metrics.h"
#include "sys/stream.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <unistd.h>

enum {
	CONTROL_FD = 3,
	MAX_PENDING = 4096, /* lanes and resources handed over before service */
	BOOT_MS = 30000,
	THREAD_STACK = 256 << 10,
};

struct pending_lane {
	enum process peer;
	bool serve;
	int fd;
	uint64_t id;
};

struct resource {
	str name, arg;
	int fd;
};

struct proc {
	enum process me;
	struct chan *control;
	pthread_mutex_t send_lock; /* control is used by proc_run and proc_kill_worker */
	struct arena *arena;	   /* boot: resources and lanes */
	struct arena *config_arena;
	str config;
	ARENA_VEC(struct pending_lane) lanes;
	ARENA_VEC(struct resource) resources;
};

__attribute__((noreturn)) static void die(const char *what, const char *why)
{
	log_event("process.failed", F_C("what", what), F_C("why", why));
	exit(1);
}

static void take_config(struct proc *p, const struct msg_config *m)
{
	struct arena *a = arena_new("config", 1 << 20);

	p->config = arena_str(a, m->text);
	arena_free(p->config_arena);
	p->config_arena = a;
}

static void take_lanes(struct proc *p, struct msg *m)
{
	bug_if(p->lanes.n + m->n_fds > MAX_PENDING);
	for (size_t i = 0; i < m->n_fds; i++) {
		struct pending_lane *l = arena_push(p->arena, &p->lanes);

		*l = (struct pending_lane){ (enum process)m->lanes.peer, m->lanes.serve != 0,
					    msg_take_fd(m, i), m->lanes.id };
	}
}

/* A place whose descriptor has been taken is used again, so reloads cost no memory. */
static void take_resource(struct proc *p, struct msg *m)
{
	struct resource *r;

	for (size_t i = 0; i < p->resources.n; i++) {
		if (p->resources.v[i].fd < 0 && str_eq(p->resources.v[i].name, m->resource.name)) {
			p->resources.v[i].fd = msg_take_fd(m, 0);
			return;
		}
	}
	bug_if(p->resources.n >= MAX_PENDING);
	r = arena_push(p->arena, &p->resources);
	*r = (struct resource){ arena_str(p->arena, m->resource.name),
				arena_str(p->arena, m->resource.arg), msg_take_fd(m, 0) };
}

/* One message before service; true when it was "start". */
static bool boot_step(struct proc *p, struct arena *a, deadline d)
{
	struct msg m;
	struct why why;
	bool started;

	/* With a deadline of its own the control socket would need a system call to lose it
	 * again, which not every sandbox allows. */
	if (stream_wait(chan_fd(p->control), POLLIN, d, &why) != STREAM_OK)
		die("start", "the supervisor says nothing");
	if (chan_receive(p->control, a, CHAN_FOREVER, &m, &why) < 0)
		die("start", why.text);
	if (m.type == MSG_config)
		take_config(p, &m.config);
	else if (m.type == MSG_lanes)
		take_lanes(p, &m);
	else if (m.type == MSG_resource)
		take_resource(p, &m);
	started = m.type == MSG_start;
	msg_close(&m);
	return started;
}

static void count_in_block(struct proc *p)
{
	cleanup(fd_closep) int fd = proc_take_resource(p, "metrics", NULL);

	if (fd >= 0)
		metrics_attach(fd);
}

struct proc *proc_enter(enum process me)
{
	struct arena *a = arena_new("proc", 4 << 20);
	struct proc *p = arena_make(a, struct proc);
	struct arena *scratch = arena_new("boot", 4 << 20);
	deadline d = deadline_in(BOOT_MS);

	log_set_process(msg_process_name(me));
	/* Without the supervisor there is nothing to serve: die with it. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	/* The terminal's Ctrl-C is for the supervisor, which stops us in order. */
	signal(SIGINT, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	if (fcntl(CONTROL_FD, F_SETFD, FD_CLOEXEC) < 0)
		die("start", "this program is started by poterned");
	*p = (struct proc){ .me = me, .arena = a };
	pthread_mutex_init(&p->send_lock, NULL);
	p->control = chan_new(CONTROL_FD, me, PROCESS_SUPERVISOR);
	while (!boot_step(p, scratch, d))
		arena_reset(scratch);
	arena_free(scratch);
	count_in_block(p);
	return p;
}

str proc_config(const struct proc *p)
{
	return p->config;
}

int proc_take_resource(struct proc *p, const char *name, str *ret_arg)
{
	for (size_t i = 0; i < p->resources.n; i++) {
		struct resource *r = &p->resources.v[i];

		if (r->fd < 0 || !str_eq(r->name, str_c(name)))
			continue;
		if (ret_arg)
			*ret_arg = r->arg;
		return take_fd(r->fd);
	}
	return -1;
}

static int tell(struct proc *p, const struct msg *m)
{
	int r;

	pthread_mutex_lock(&p->send_lock);
	r = chan_send(p->control, m, NULL);
	pthread_mutex_unlock(&p->send_lock);
	return r;
}

static void say_ready(struct proc *p)
{
	struct msg ready = { .type = MSG_ready };

	defs_ignore(tell(p, &ready)); /* the supervisor gone means we are going too */
}

int proc_wait_lane(struct proc *p)
{
	cleanup(arena_freep) struct arena *a = arena_new("wait", 4 << 20);

	say_ready(p);
	while (p->lanes.n == 0) {
		struct why why;
		struct msg m;
		bool stop;

		if (chan_receive(p->control, a, CHAN_FOREVER, &m, &why) < 0)
			return -1;
		stop = m.type == MSG_stop;
		if (m.type == MSG_lanes)
			take_lanes(p, &m);
		msg_close(&m);
		if (stop)
			return -1;
	}
	return take_fd(p->lanes.v[0].fd);
}

enum proc_work proc_wait_work(struct proc *p, int lane_fd)
{
	cleanup(arena_freep) struct arena *a = NULL;
	enum proc_work found = PROC_WORK;

	/* The lane comes first: what was asked before a stop is still answered. */
	while (found == PROC_WORK && !stream_wait_first(lane_fd, chan_fd(p->control))) {
		struct why why;
		struct msg m;

		a = a ?: arena_new("wait", 4 << 20);
		if (chan_receive(p->control, a, CHAN_FOREVER, &m, &why) < 0)
			return PROC_LEAVE;
		if (m.type == MSG_config)
			take_config(p, &m.config);
		else if (m.type == MSG_reload)
			found = PROC_RELOAD;
		else if (m.type == MSG_stop)
			found = PROC_LEAVE;
		msg_close(&m); /* and with it lanes for a next life */
		arena_reset(a);
	}
	return found;
}

void proc_lane_lost(void *proc, enum process peer)
{
	struct msg m = { .type = MSG_lane_lost, .lane_lost = { peer } };

	defs_ignore(tell(proc, &m)); /* the supervisor gone means we are going too */
}

void proc_kill_worker(struct proc *p, uint64_t id, const char *why)
{
	struct msg m = { .type = MSG_kill_worker,
			 .kill_worker = { id, str_sub(str_c(why), 0, 256) } };

	defs_ignore(tell(p, &m)); /* the supervisor gone means we are going too */
}

/* One message in service; false when it is time to leave. */
static bool serve_step(struct proc *p, const struct proc_handlers *h, struct arena *a)
{
	struct msg m;
	struct why why;
	bool go_on = true;

	if (chan_receive(p->control, a, CHAN_FOREVER, &m, &why) < 0)
		return false;
	if (m.type == MSG_lanes) {
		for (size_t i = 0; i < m.n_fds; i++)
			h->lane(h->ctx, (enum process)m.lanes.peer, m.lanes.serve != 0,
				msg_take_fd(&m, i), m.lanes.id);
	} else if (m.type == MSG_config) {
		take_config(p, &m.config);
	} else if (m.type == MSG_resource) {
		take_resource(p, &m);
	} else if (m.type == MSG_reload && h->reload) {
		h->reload(h->ctx, p->config);
	} else if (m.type == MSG_stop) {
		if (h->stop)
			h->stop(h->ctx, (int64_t)m.stop.grace_ms);
		go_on = false;
	}
	msg_close(&m);
	return go_on;
}

void proc_run(struct proc *p, const struct proc_handlers *h)
{
	struct arena *a = arena_new("control", 4 << 20);

	for (size_t i = 0; i < p->lanes.n; i++) {
		struct pending_lane *l = &p->lanes.v[i];

		h->lane(h->ctx, l->peer, l->serve, take_fd(l->fd), l->id);
	}
	say_ready(p);
	while (serve_step(p, h, a))
		arena_reset(a);
	_exit(0);
}

struct thread_start {
	void (*run)(void *);
	void *ctx;
};

static void *thread_main(void *arg)
{
	struct thread_start s = *(struct thread_start *)arg;

	free(arg);
	s.run(s.ctx);
	return NULL;
}

int proc_thread(void (*run)(void *ctx), void *ctx, struct why *why)
{
	struct thread_start *s = malloc(sizeof(*s));
	pthread_attr_t attr;
	sigset_t all, before;
	pthread_t t;
	int r;

	bug_if(!s);
	*s = (struct thread_start){ run, ctx };
	pthread_attr_init(&attr);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	pthread_attr_setstacksize(&attr, THREAD_STACK);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	r = pthread_create(&t, &attr, thread_main, s);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	pthread_attr_destroy(&attr);
	if (r) {
		free(s);
		return why_set(why, -r, "thread: %m");
	}
	return 0;
}

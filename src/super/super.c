#include "super/super.h"

#include "base/fd.h"
#include "base/log.h"
#include "super/child.h"
#include "super/links.h"
#include "super/listwatch.h"
#include "super/notify.h"
#include "super/prepare.h"
#include "super/reload.h"
#include "super/signkeys.h"
#include "super/tickets.h"
#include "sys/landlock.h"
#include "sys/metrics.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	MAX_CHILDREN = 256,
	MAX_WORKERS = 64,
	STOP_MS = 10000, /* after that a child that still runs is killed */
	/* Certificates: when their files are looked at, and when their ends. */
	WATCH_MS = 10000,
	CHECK_MS = 24 * 3600 * 1000,
	UNWELL_MS = 1000, /* when to look again, whether the processes serve */
	/* A message may kill the worker that looks at it, and one after the other may come: the
	 * pauses between its lives are no illness of the gateway. */
	WORKER_PAUSE_MS = 2 * CHILD_MAX_DELAY_MS,
};

struct super {
	struct conf *conf;
	struct arena *conf_arena; /* NULL: the configuration of the start */
	const struct super_source *source;
	struct prepared prepared;
	struct certificates certificates;
	int keys;	      /* bundle of dkim.keys */
	int recipients;	      /* table of recipients.file, or -1 */
	uint64_t stamp_tried; /* of the certificates that were last read, taken or not */
	uint64_t lists_stamp; /* of the lists that were last handed out */
	uint64_t learned_stamp;
	/* Of recipients.file: as it was last looked at, and when it was last read, taken or not. */
	uint64_t recipients_seen, recipients_tried;
	struct tickets tickets;
	struct notify notify;
	struct reload reload;
	deadline watch_at, check_at;
	struct child children[MAX_CHILDREN];
	size_t n;
	uint64_t next_id;
	bool stopping, announced;
	deadline kill_at;
	int metrics_read; /* its own block, or -1 */
};

static int send_resource(struct child *c, const char *name, str arg, int fd, struct why *why)
{
	struct msg m = {
		.type = MSG_resource, .resource = { str_c(name), arg }, .fds = { fd }, .n_fds = 1
	};

	return fd < 0 ? 0 : child_tell(c, &m, why);
}

/* What was learned, for who judges. The files are only ever replaced. */
static int send_classifier(struct super *s, struct child *c, struct why *why)
{
	cleanup(arena_freep) struct arena *a = arena_new("classifier", 64 << 10);
	static const char *const files[][2] = { { "classifier", "model" },
						{ "fuzzy", "fuzzy" },
						{ "tastes", "tastes" } };
	int r = 0;

	for (size_t i = 0; i < ARRAY_LEN(files) && c->what == PROCESS_SCAN && r == 0; i++) {
		cleanup(fd_closep) int fd =
			open(arena_fmt(a, "%.*s/classifier/%s", STR_ARG(s->conf->paths.state),
				       files[i][1])
				     .p,
			     O_RDONLY | O_CLOEXEC | O_NOFOLLOW);

		r = send_resource(c, files[i][0], STR(""), fd, why);
	}
	return r;
}

static int send_config(struct super *s, struct child *c, struct why *why)
{
	cleanup(arena_freep) struct arena *a = arena_new("config text", 4 << 20);
	struct strbuf text = strbuf_make(a, CONF_TEXT_MAX);
	struct msg m = { .type = MSG_config };
	int r;

	conf_text_encode(s->conf, child_audience(c->what), &text);
	m.config.text = strbuf_str(&text);
	r = child_tell(c, &m, why);
	return r < 0 ? r : send_classifier(s, c, why);
}

static int send_tls(struct super *s, struct child *c, struct why *why)
{
	int r;

	if (c->what != PROCESS_EDGE)
		return 0;
	r = send_resource(c, "tls.certificates", STR(""), s->certificates.bundle, why);
	return r < 0 ? r : send_resource(c, "tls.tickets", STR(""), s->tickets.fd, why);
}

static int send_recipients(struct super *s, struct child *c, struct why *why)
{
	if (c->what != PROCESS_EDGE)
		return 0;
	return send_resource(c, "recipients", STR(""), s->recipients, why);
}

static int send_keys(struct super *s, struct child *c, struct why *why)
{
	if (c->what != PROCESS_KEYS)
		return 0;
	return send_resource(c, "dkim.keys", STR(""), s->keys, why);
}

/* Its own block to count in. Workers have none: what matters of them is counted by scan. */
static int send_metrics(struct child *c, struct why *why)
{
	return send_resource(c, "metrics", STR(""), c->metrics, why);
}

/* All blocks to read, and the listeners. */
static int send_web(struct super *s, struct child *c, struct why *why)
{
	int r = send_resource(c, "metrics.read", STR("supervisor"), s->metrics_read, why);

	for (size_t i = 0; i < s->n && r == 0; i++)
		r = send_resource(c, "metrics.read", str_c(msg_process_name(s->children[i].what)),
				  s->children[i].metrics_read, why);
	for (size_t i = 0; i < s->prepared.n_web && r == 0; i++)
		r = send_resource(c, "listener", STR(""), s->prepared.web[i], why);
	return r;
}

static int send_resources(struct super *s, struct child *c, struct why *why)
{
	const struct prepared *p = &s->prepared;
	int r = send_metrics(c, why);

	if (c->what == PROCESS_STORE && r == 0)
		r = send_resource(c, "control", STR(""), p->control, why);
	if (c->what == PROCESS_WEB && r == 0)
		r = send_web(s, c, why);
	for (size_t i = 0; c->what == PROCESS_EDGE && i < p->n_listeners && r == 0; i++)
		r = send_resource(c, "listener", p->addresses[i], p->listeners[i], why);
	if (r == 0)
		r = send_keys(s, c, why);
	if (r == 0)
		r = send_recipients(s, c, why);
	return r < 0 ? r : send_tls(s, c, why);
}

static void start_child(struct super *s, struct child *c)
{
	struct msg start = { .type = MSG_start };
	struct why why = { "" };
	int r = child_start(c, s->next_id++, s->conf, &why);

	if (r == 0)
		r = send_config(s, c, &why);
	if (r == 0)
		r = send_resources(s, c, &why);
	if (r == 0)
		r = links_connect(s->children, s->n, c, s->conf, &why);
	if (r == 0)
		r = child_tell(c, &start, &why);
	if (r == 0)
		return;
	log_event("process.start_failed", F_C("which", msg_process_name(c->what)),
		  F_C("why", why.text));
	if (c->pid == 0)
		child_died(c); /* a short life; one that was started is reaped by wait */
}

static void start_due(struct super *s)
{
	for (size_t i = 0; i < s->n && !s->stopping; i++) {
		struct child *c = &s->children[i];

		if (!c->pid && clock_left(c->start_at) == 0)
			start_child(s, c);
	}
}

/* A worker serves one conductor for life. One that is busy would find out late, and hold
 * up the messages that the next conductor gives it. */
static void end_workers(struct super *s)
{
	for (size_t i = 0; i < s->n; i++) {
		if (child_is_worker(s->children[i].what))
			child_kill(&s->children[i]);
	}
}

static void child_ended(struct super *s, pid_t pid, int status)
{
	for (size_t i = 0; i < s->n; i++) {
		struct child *c = &s->children[i];

		if (c->pid != pid)
			continue;
		if (!s->stopping) {
			metrics_add(METRIC_supervisor_process_ends_edge + c->what - PROCESS_EDGE,
				    1);
			log_event("process.died", F_C("which", msg_process_name(c->what)),
				  F_INT("pid_of", pid),
				  F_INT("signal", WIFSIGNALED(status) ? WTERMSIG(status) : 0),
				  F_INT("status", WIFEXITED(status) ? WEXITSTATUS(status) : 0));
		}
		child_died(c);
		if (c->what == PROCESS_SCAN)
			end_workers(s);
	}
}

static void kill_worker(struct super *s, uint64_t id, str why)
{
	for (size_t i = 0; i < s->n; i++) {
		struct child *c = &s->children[i];

		if (!child_is_worker(c->what) || c->id != id || !c->pid)
			continue;
		log_event("worker.killed", F_INT("pid_of", c->pid), F_STR("why", why));
		child_kill(c);
	}
}

/* What mail does not need is waited for once. */
static bool all_serve(const struct super *s)
{
	for (size_t i = 0; i < s->n; i++) {
		const struct child *c = &s->children[i];

		if (!c->ready && (child_is_needed(c->what) || !c->failed))
			return false;
	}
	return true;
}

static void say_ready(const struct super *s)
{
	notify_say(&s->notify, "READY=1\nSTATUS=%zu processes serve, SMTP on %.*s", s->n,
		   STR_ARG(s->prepared.addresses[0]));
}

static void announce_when_ready(struct super *s)
{
	if (s->announced || !all_serve(s))
		return;
	log_event("gateway.ready", F_INT("processes", s->n),
		  F_STR("smtp", s->prepared.addresses[0]), F_STR("state", s->conf->paths.state));
	say_ready(s);
	s->announced = true;
}

static bool is_well(struct super *s)
{
	int64_t now = clock_now_ms();

	for (size_t i = 0; i < s->n; i++) {
		struct child *c = &s->children[i];

		if (c->ready || !child_is_needed(c->what))
			c->served_ms = now;
		else if (!child_is_worker(c->what) || now - c->served_ms > WORKER_PAUSE_MS)
			return false;
	}
	return true;
}

/* Says that we live, as long as every process serves: otherwise the manager starts us anew. */
static void say_alive(struct super *s)
{
	bool well;

	if (!s->notify.alive_ms || !s->announced || clock_left(s->notify.alive_at) > 0)
		return;
	well = is_well(s);
	if (well)
		notify_say(&s->notify, NOTIFY_ALIVE);
	s->notify.alive_at = deadline_in(well ? s->notify.alive_ms : UNWELL_MS);
}

static void hear(struct super *s, struct child *c)
{
	cleanup(arena_freep) struct arena *a = arena_new("hear", 1 << 20);
	struct why why;
	struct msg m;
	int r = chan_receive(c->control, a, CHAN_FOREVER, &m, &why);

	if (r < 0) {
		/* Gone, or it said what it must not say: its end is near either way. */
		if (r == -EPROTO)
			log_event("process.misbehaved", F_C("which", msg_process_name(c->what)),
				  F_C("why", why.text));
		child_kill(c);
		return;
	}
	if (m.type == MSG_ready && c->ready)
		child_kill(c); /* said once in a life */
	else if (m.type == MSG_ready)
		child_serves(c);
	else if (m.type == MSG_kill_worker)
		kill_worker(s, m.kill_worker.id, m.kill_worker.why);
	else if (m.type == MSG_lane_lost && !s->stopping)
		links_remake(s->children, s->n, c, m.lane_lost.peer);
	msg_close(&m);
	announce_when_ready(s);
}

/* ---- what changes while we serve ---- */

/* Edges take the certificates, keys and recipients of the moment; with_config: everyone its part.
 * One that cannot hear is killed and starts anew, with the same. */
static void hand_out(struct super *s, bool with_config)
{
	struct msg m = { .type = MSG_reload };
	struct why why;

	for (size_t i = 0; i < s->n; i++) {
		struct child *c = &s->children[i];

		if (!c->control || (!with_config && c->what != PROCESS_EDGE))
			continue;
		if ((!with_config || send_config(s, c, &why) == 0) && send_keys(s, c, &why) == 0 &&
		    send_recipients(s, c, &why) == 0 && send_tls(s, c, &why) == 0)
			defs_ignore(child_tell(c, &m, &why));
	}
}

/* Who judges reads rules, lists and what was learned again; what it cannot read it refuses, and
 * goes on with what it has. */
static void tell_judges(struct super *s)
{
	struct msg m = { .type = MSG_reload };
	struct why why;

	for (size_t i = 0; i < s->n; i++) {
		struct child *c = &s->children[i];

		if (c->what == PROCESS_SCAN && c->control && send_config(s, c, &why) == 0)
			defs_ignore(child_tell(c, &m, &why));
	}
}

/* Lists have changed, or something was learned. */
static void watch_judgement(struct super *s)
{
	uint64_t lists = listwatch_stamp(s->conf), learned = listwatch_learned_stamp(s->conf);

	if (lists != s->lists_stamp)
		log_event("reload.lists", F_STR("lists", s->conf->paths.lists),
			  F_STR("site_lists", s->conf->paths.site_lists),
			  F_STR("overlay", s->conf->paths.overlay));
	if (learned != s->learned_stamp)
		log_event("reload.learned", F_STR("state", s->conf->paths.state));
	if (lists != s->lists_stamp || learned != s->learned_stamp)
		tell_judges(s);
	s->lists_stamp = lists;
	s->learned_stamp = learned;
}

/* A file that is being written is left alone until it has been the same for two looks. */
static void watch_recipients(struct super *s)
{
	uint64_t stamp = listwatch_recipients_stamp(s->conf);

	if (stamp != s->recipients_tried && stamp == s->recipients_seen)
		reload_want(&s->reload, RELOAD_RECIPIENTS);
	s->recipients_seen = stamp;
}

static void take_recipients(struct super *s, struct reload *r)
{
	fd_close(s->recipients);
	s->recipients = take_fd(r->recipients);
	s->recipients_tried = r->table_stamp;
}

static void take_certificates(struct super *s, struct certificates *fresh)
{
	certificates_close(&s->certificates);
	s->certificates = *fresh;
	s->stamp_tried = fresh->stamp;
	fresh->bundle = -1;
}

static void take_reload(struct super *s)
{
	struct reload *r = &s->reload;
	bool changed =
		r->what != RELOAD_RECIPIENTS && r->certificates.stamp != s->certificates.stamp;

	if (r->what == RELOAD_ALL) {
		s->conf = r->conf;
		arena_free(s->conf_arena);
		s->conf_arena = r->arena;
		r->arena = NULL;
		fd_close(s->keys);
		s->keys = take_fd(r->keys);
	}
	if (r->what != RELOAD_CERTIFICATES)
		take_recipients(s, r);
	if (r->what == RELOAD_ALL || changed)
		take_certificates(s, &r->certificates);
	if (r->what == RELOAD_ALL) {
		s->lists_stamp = listwatch_stamp(s->conf);
		s->learned_stamp = listwatch_learned_stamp(s->conf);
		hand_out(s, true);
		metrics_add(METRIC_supervisor_reloads_done, 1);
		log_event("reload.done", F_INT("processes", s->n));
	} else if (r->what == RELOAD_RECIPIENTS) {
		hand_out(s, false);
		log_event("reload.recipients", F_STR("file", s->conf->recipients.file));
	} else if (changed) {
		hand_out(s, false);
		log_event("reload.certificates", F_INT("processes", s->conf->edge.processes));
	}
	reload_forget(r);
}

/* Takes or refuses, when the way of a reload has come to its end. */
static void conclude(struct super *s, enum reload_what what, int result, const struct why *why)
{
	if (result == RELOAD_OTHER || result == RELOAD_GOES_ON)
		return;
	if (result == RELOAD_DONE) {
		take_reload(s);
	} else {
		metrics_add(METRIC_supervisor_reloads_failed, 1);
		log_event("reload.refused", F_C("why", why->text));
	}
	if (what == RELOAD_ALL && s->announced)
		say_ready(s);
}

static void begin_reload(struct super *s)
{
	enum reload_what what = reload_next(&s->reload);
	struct why why = { "" };

	if (s->stopping || what == RELOAD_NOTHING)
		return;
	if (what == RELOAD_ALL)
		notify_say(&s->notify, "RELOADING=1\nMONOTONIC_USEC=%lld",
			   (long long)clock_now_us());
	if (what == RELOAD_RECIPIENTS)
		s->recipients_tried = listwatch_recipients_stamp(s->conf);
	else
		s->stamp_tried = certificates_stamp(s->conf);
	conclude(s, what, reload_begin(&s->reload, s->source, s->conf, &why), &why);
}

static void rotate_tickets(struct super *s)
{
	struct why why;

	if (clock_left(s->tickets.rotate_at) > 0)
		return;
	if (tickets_rotate(&s->tickets, clock_now_ms(), &why) < 0)
		log_event("reload.refused", F_C("why", why.text));
	else
		hand_out(s, false);
}

/* What is done now and then. */
static void keep_up(struct super *s)
{
	if (clock_left(s->check_at) == 0) {
		s->check_at = deadline_in(CHECK_MS);
		reload_want(&s->reload, RELOAD_CERTIFICATES);
	}
	if (clock_left(s->watch_at) == 0) {
		s->watch_at = deadline_in(WATCH_MS);
		if (certificates_stamp(s->conf) != s->stamp_tried)
			reload_want(&s->reload, RELOAD_CERTIFICATES);
		watch_judgement(s);
		watch_recipients(s);
	}
	rotate_tickets(s);
	reload_hurry(&s->reload);
	begin_reload(s);
	say_alive(s);
}

static void reap(struct super *s)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		enum reload_what what = s->reload.what;
		struct why why = { "" };
		int r = reload_ended(&s->reload, pid, status, s->conf, &why);

		if (r == RELOAD_OTHER)
			child_ended(s, pid, status);
		else
			conclude(s, what, r, &why);
	}
	if (!s->stopping)
		announce_when_ready(s); /* nobody else may come who is waited for */
}

static void stop(struct super *s)
{
	if (s->stopping)
		return;
	s->stopping = true;
	reload_forget(&s->reload);
	notify_say(&s->notify, "STOPPING=1\nSTATUS=finishing what is in hand");
	s->kill_at = deadline_in(STOP_MS);
	log_event("gateway.stopping", F_INT("grace_ms", STOP_MS));
}

static size_t running(const struct super *s, enum process what)
{
	size_t n = 0;

	for (size_t i = 0; i < s->n; i++)
		n += s->children[i].pid && (what == PROCESS_ANY || s->children[i].what == what);
	return n;
}

/* In the order of a message's way, so each finishes what it has been given: the edge first,
 * the others when it has gone. */
static void stop_onward(struct super *s)
{
	static const enum process order[] = { PROCESS_EDGE,  PROCESS_SCAN,   PROCESS_INSPECT,
					      PROCESS_IMAGE, PROCESS_REPORT, PROCESS_STORE,
					      PROCESS_RELAY, PROCESS_KEYS,   PROCESS_MEMORY,
					      PROCESS_DNS,   PROCESS_WEB,    PROCESS_FETCH };
	struct msg m = { .type = MSG_stop, .stop = { STOP_MS / 2 } };
	bool late = clock_left(s->kill_at) == 0;

	for (size_t o = 0; o < ARRAY_LEN(order); o++) {
		for (size_t i = 0; i < s->n; i++) {
			struct child *c = &s->children[i];

			if (c->what != order[o] || !c->pid)
				continue;
			if (late) {
				child_kill(c);
			} else if (!c->told_stop && (c->ready || c->what == PROCESS_EDGE)) {
				defs_ignore(child_tell(c, &m, NULL));
				c->told_stop = true;
			}
		}
		if (!late && running(s, order[o]))
			return;
	}
}

static void on_signal(struct super *s, int signals)
{
	struct signalfd_siginfo info;

	while (read(signals, &info, sizeof(info)) == (ssize_t)sizeof(info)) {
		if (info.ssi_signo == SIGCHLD)
			reap(s);
		else if (info.ssi_signo == SIGHUP)
			reload_want(&s->reload, RELOAD_ALL);
		else
			stop(s);
	}
}

static int next_wake(const struct super *s)
{
	deadline first = clock_sooner(s->watch_at, s->tickets.rotate_at);
	int wait;

	if (s->notify.alive_ms)
		first = clock_sooner(first, s->notify.alive_at);
	if (s->reload.pid)
		first = clock_sooner(first, s->reload.until);
	wait = s->stopping ? 50 : clock_left(first);

	for (size_t i = 0; i < s->n && !s->stopping; i++) {
		int left = clock_left(s->children[i].start_at);

		if (!s->children[i].pid && left < wait)
			wait = left;
	}
	return wait;
}

static void loop(struct super *s, int signals)
{
	while (!s->stopping || running(s, PROCESS_ANY)) {
		struct pollfd p[MAX_CHILDREN + 1] = { { .fd = signals, .events = POLLIN } };

		for (size_t i = 0; i < s->n; i++)
			p[i + 1] = (struct pollfd){ .fd = s->children[i].control
								  ? chan_fd(s->children[i].control)
								  : -1,
						    .events = POLLIN };
		if (poll(p, s->n + 1, next_wake(s)) < 0 && errno != EINTR)
			defs_bug(__FILE__, __LINE__, "poll");
		for (size_t i = 0; i < s->n; i++) {
			if (p[i + 1].revents && s->children[i].control)
				hear(s, &s->children[i]);
		}
		if (p[0].revents)
			on_signal(s, signals);
		if (s->stopping) {
			stop_onward(s);
		} else {
			start_due(s);
			keep_up(s);
		}
	}
}

static int signal_source(struct why *why)
{
	sigset_t set;
	int fd;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signal(SIGPIPE, SIG_IGN);
	fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return fd < 0 ? why_set(why, -errno, "signalfd: %m") : fd;
}

/* Mail goes on without. */
static void make_block(int *ret_write, int *ret_read)
{
	struct why why;

	if (metrics_make_block(ret_write, ret_read, &why) < 0)
		log_event("metrics.unavailable", F_C("why", why.text));
}

static void count_for_itself(struct super *s)
{
	int fd = -1;

	s->metrics_read = -1;
	make_block(&fd, &s->metrics_read);
	if (fd >= 0)
		metrics_attach(fd);
	fd_close(fd);
	metrics_set(METRIC_supervisor_start_time_seconds, clock_wall());
}

static void add_children(struct super *s, enum process what, size_t n)
{
	for (size_t i = 0; i < n && s->n < MAX_CHILDREN; i++) {
		struct child *c = &s->children[s->n++];

		*c = (struct child){ .what = what, .metrics = -1, .metrics_read = -1 };
		if (!child_is_worker(what))
			make_block(&c->metrics, &c->metrics_read);
	}
}

static size_t worker_count(const struct conf *conf)
{
	long cores = sysconf(_SC_NPROCESSORS_ONLN);
	size_t n = conf->inspect.workers ? conf->inspect.workers : (size_t)(cores < 2 ? 2 : cores);

	return n > MAX_WORKERS ? MAX_WORKERS : n;
}

static size_t image_worker_count(const struct conf *conf)
{
	return conf->image.workers ? conf->image.workers : (worker_count(conf) + 1) / 2;
}

/* What the administrator should know even though the gateway runs. */
static void warn(const struct conf *conf)
{
	const char *text;

	for (size_t i = 0; (text = conf_check_warning(conf, i)); i++)
		log_event("gateway.warning", F_C("what", text));
	if (geteuid() != 0)
		log_event("gateway.warning", F_C("what", "not started as root: all processes share "
							 "one user and no chroot is made; "
							 "seccomp and Landlock still apply"));
	if (landlock_abi() == 0)
		log_event("gateway.warning",
			  F_C("what", "this kernel has no Landlock: file access is limited by "
				      "users, chroot and seccomp only"));
}

/* Nobody who is woken pushes aside who is at work: fewer switches for each message, which
 * matters more here than who comes first. All processes inherit it. */
static void prefer_throughput(void)
{
	struct sched_param none = { 0 };

	(void)sched_setscheduler(0, SCHED_BATCH, &none); /* only slower without it */
}

static int prepare(struct super *s, const struct conf *conf, struct why *why)
{
	struct activation open;
	int r;

	s->prepared = (struct prepared){ .lock = -1, .control = -1 };
	activation_begin(&open);
	r = prepare_directories(conf, &s->prepared, why);
	if (r == 0)
		r = prepare_listeners(conf, &open, conf->arena, &s->prepared, why);
	if (activation_end(&open))
		log_event("gateway.warning", F_C("what", "a socket of LISTEN_FDS is no address of "
							 "listen.smtp: nobody listens to it"));
	if (r == 0)
		r = certificates_load(conf, &s->certificates, why);
	if (r == 0)
		r = reload_check_certificates(conf, s->certificates.bundle, why);
	if (r == 0)
		r = signkeys_load(conf, &s->keys, why);
	if (r == 0)
		r = reload_check_keys(conf, s->keys, why);
	s->recipients_tried = s->recipients_seen = listwatch_recipients_stamp(conf);
	if (r == 0)
		r = reload_make_recipients(conf, &s->recipients, why);
	if (r == 0)
		r = tickets_rotate(&s->tickets, clock_now_ms(), why);
	s->stamp_tried = s->certificates.stamp;
	s->lists_stamp = listwatch_stamp(s->conf);
	s->learned_stamp = listwatch_learned_stamp(s->conf);
	s->watch_at = deadline_in(WATCH_MS);
	s->check_at = deadline_in(CHECK_MS);
	return r;
}

int super_run(struct conf *conf, const struct super_source *source)
{
	struct super *s = arena_make(conf->arena, struct super);
	struct why why = { "" };
	int signals, r;

	log_set_process("poterned");
	prefer_throughput();
	*s = (struct super){ .conf = conf, .source = source, .next_id = 1 };
	s->tickets.fd = s->certificates.bundle = s->reload.certificates.bundle = -1;
	s->keys = s->reload.keys = s->recipients = s->reload.recipients = -1;
	notify_begin(&s->notify);
	signals = signal_source(&why);
	r = signals < 0 ? signals : prepare(s, conf, &why);
	if (r < 0) {
		fprintf(stderr, "poterned: cannot start: %s\n", why.text);
		return 3;
	}
	warn(conf);
	count_for_itself(s);
	add_children(s, PROCESS_DNS, 1);
	add_children(s, PROCESS_KEYS, 1);
	add_children(s, PROCESS_MEMORY, 1);
	add_children(s, PROCESS_RELAY, 1);
	add_children(s, PROCESS_STORE, 1);
	add_children(s, PROCESS_INSPECT, worker_count(conf));
	add_children(s, PROCESS_IMAGE, image_worker_count(conf));
	add_children(s, PROCESS_SCAN, 1);
	add_children(s, PROCESS_EDGE, conf->edge.processes);
	add_children(s, PROCESS_WEB, 1);
	add_children(s, PROCESS_REPORT, 1);
	add_children(s, PROCESS_FETCH, 1);
	start_due(s);
	loop(s, signals);
	log_event("gateway.stopped", F_INT("processes", s->n));
	certificates_close(&s->certificates);
	arena_free(s->conf_arena);
	return 0;
}

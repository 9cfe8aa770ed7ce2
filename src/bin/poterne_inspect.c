/* bin/poterne_inspect.c - the sandboxed worker: message bytes in, facts out.
 *
 * One thread, one lane, one message at a time. It may read and write its inherited
 * descriptors and memory, nothing else; the kernel ends it at its deadline or its memory
 * limit, and the conductor then says "could not be inspected".
 */
#include "base/fd.h"
#include "base/log.h"
#include "base/reader.h"
#include "conf/conf.h"
#include "inspect/inspect.h"
#include "sys/proc.h"
#include "sys/sandbox.h"

#include <errno.h>
#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

enum { STATUS_BUDGET = 70, STATUS_LATE = 71, CONF_BUDGET = 4 << 20, LIBRARIES_BYTES = 512 << 20 };

struct worker {
	struct chan *lane;
	struct inspect_limits limits;
	int64_t deadline_ms;
	uint64_t max_message;
	struct patterns *patterns;
	struct yarascan *yara;
	struct luarules *lua;
	struct patterns *candidate; /* or NULL */
	uint64_t candidate_set;
	char *facts;  /* shared with the conductor, FACTS_MAX_BYTES */
	char *shared; /* the same, FACTS_SHARED_BYTES: a note, then extracts */
	struct arena *arena;
};

__attribute__((noreturn)) static void over_budget(const char *name)
{
	log_event("inspect.over_budget", F_C("arena", name));
	_exit(STATUS_BUDGET);
}

/* A worker that is late ends itself, whatever it is busy with. The timer ticks on between
 * messages, a few times within a deadline, so that a short message costs no system call. */
enum { TICKS = 10 };

static _Atomic int64_t late_at; /* clock_now_ms; 0: idle */
static volatile sig_atomic_t ticking;

static void set_timer(int64_t ms)
{
	struct itimerval t = { .it_interval = { ms / 1000, ms % 1000 * 1000 },
			       .it_value = { ms / 1000, ms % 1000 * 1000 } };

	ticking = ms > 0;
	setitimer(ITIMER_REAL, &t, NULL);
}

static void tick(int signal unused_arg)
{
	int64_t at = late_at;

	if (at && clock_now_ms() >= at)
		_exit(STATUS_LATE);
	if (!at)
		set_timer(0);
}

static void begin_work(int64_t deadline_ms)
{
	late_at = clock_now_ms() + deadline_ms;
	if (!ticking)
		set_timer(deadline_ms / TICKS);
}

static int map(int fd, size_t size, char **at, struct why *why)
{
	if (*at)
		munmap(*at, size);
	*at = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (*at != MAP_FAILED)
		return 0;
	*at = NULL;
	return why_set(why, -ENOMEM, "mmap: %m");
}

/* What candidate rules look for besides; when that cannot be had, messages are judged all the same.
 */
static void load_candidate(struct worker *w, struct reader *r)
{
	struct why why;

	w->candidate = patterns_free(w->candidate);
	w->candidate_set = 0;
	if (!reader_left(r))
		return;
	w->candidate_set = reader_u64le(r);
	if (patterns_load(reader_bytes(r, reader_u64le(r)), &w->candidate, &why) < 0) {
		w->candidate = NULL;
		w->candidate_set = 0;
		log_event("candidate.refused", F_C("why", why.text));
	}
}

/* As scan/conduct.c and scan/candidate.c have put them together. */
static int load_rules(struct worker *w, str blob, struct why *why)
{
	struct reader r = reader_make(blob);
	str patterns = reader_bytes(&r, reader_u64le(&r));
	str yara = reader_bytes(&r, reader_u64le(&r));
	str lua = reader_bytes(&r, reader_u64le(&r));
	int e;

	w->patterns = patterns_free(w->patterns);
	w->yara = yarascan_free(w->yara);
	w->lua = luarules_free(w->lua);
	if (r.bad)
		return why_set(why, -EPROTO, "found no compiled rules");
	e = patterns_load(patterns, &w->patterns, why);
	if (e == 0)
		e = yarascan_load(yara, &w->yara, why);
	if (e == 0)
		e = luarules_load(lua, &w->lua, why);
	load_candidate(w, &r);
	return e;
}

static int setup(struct worker *w, struct msg *m, struct why *why)
{
	cleanup(fd_closep) int blob_fd = msg_take_fd(m, 0);
	cleanup(fd_closep) int facts_fd = msg_take_fd(m, 1);
	cleanup(fd_closep) int shared_fd = msg_take_fd(m, 2);
	cleanup(fd_unmapp) str blob = STR_NULL;
	int r = fd_map(blob_fd, SIZE_MAX, &blob, why);

	if (r < 0)
		return r;
	r = load_rules(w, blob, why);
	if (r < 0)
		return r;
	r = map(facts_fd, FACTS_MAX_BYTES, &w->facts, why);
	return r < 0 ? r : map(shared_fd, FACTS_SHARED_BYTES, &w->shared, why);
}

/* One behind the other, as facts.h says. */
static void share_extracts(struct worker *w, const struct facts *f)
{
	char *at = w->shared + FACTS_NOTE_BYTES;

	for (size_t i = 0; i < f->extracts.n; i++) {
		const struct facts_extract *x = &f->extracts.v[i];

		memcpy(at, x->bytes.p, x->size);
		at += x->size;
	}
}

static int tell(struct worker *w, const struct facts *f, struct why *why)
{
	struct msg answer = { .type = MSG_inspected };
	str encoded = facts_encode(w->arena, f);

	bug_if(!w->facts || encoded.n > FACTS_MAX_BYTES);
	memcpy(w->facts, encoded.p, encoded.n);
	share_extracts(w, f);
	late_at = 0;
	answer.inspected.length = encoded.n;
	return chan_send(w->lane, &answer, why);
}

static struct inspect_limits limits_now(const struct worker *w, const char *what)
{
	struct inspect_limits l = w->limits;

	l.yara = w->yara;
	l.lua = w->lua;
	l.candidate = w->candidate;
	l.candidate_set = w->candidate_set;
	l.note = w->shared;
	if (l.note)
		snprintf(l.note, FACTS_NOTE_BYTES, "%s", what);
	return l;
}

static int inspect(struct worker *w, struct msg *m, struct why *why)
{
	struct inspect_limits limits = limits_now(w, "the message");
	cleanup(fd_closep) int fd = msg_take_fd(m, 0);
	cleanup(fd_view_closep) struct fd_view message = { 0 };
	struct facts facts = { 0 };
	int64_t began = clock_now_us();
	int r = msg_mail(m->inspect.bytes, fd, w->arena, w->max_message, &message, why);

	if (r < 0)
		return r;
	limits.wants = (uint32_t)m->inspect.wants;
	limits.features_key = m->inspect.features_key;
	begin_work(w->deadline_ms);
	inspect_message(w->arena, message.bytes, w->patterns, &limits, &facts);
	facts.time_us = (uint32_t)(clock_now_us() - began);
	return tell(w, &facts, why);
}

static int read_codes(struct worker *w, const struct msg_inspect_codes *m, struct why *why)
{
	struct inspect_limits limits = limits_now(w, "QR codes or hops");
	struct facts facts = { 0 };

	begin_work(w->deadline_ms);
	inspect_codes(w->arena, (enum facts_url_where)m->where, m->codes.v, m->codes.n, w->patterns,
		      &limits, &facts);
	return tell(w, &facts, why);
}

/* What a reload may change. The memory is what the process began with. */
static int take_limits(struct worker *w, const struct proc *p, struct why *why)
{
	cleanup(arena_freep) struct arena *a = arena_new("limits", CONF_BUDGET);
	struct conf *conf = conf_new_default(a);
	int r = conf_text_decode(conf, proc_config(p), why);

	if (r < 0)
		return r;
	w->limits = inspect_default_limits;
	w->limits.max_depth = conf->inspect.max_depth;
	w->limits.max_parts = conf->inspect.max_parts;
	w->limits.max_unpacked_bytes = conf->inspect.max_unpacked_bytes;
	w->deadline_ms = conf->inspect.deadline;
	w->max_message = conf->inspect.max_unpacked_bytes;
	return 0;
}

static int serve(struct worker *w, struct why *why)
{
	struct msg m;
	int r = chan_receive(w->lane, w->arena, CHAN_FOREVER, &m, why);

	if (r < 0)
		return r;
	if (m.type == MSG_inspect_setup)
		r = setup(w, &m, why);
	else if (m.type == MSG_inspect_codes)
		r = read_codes(w, &m.inspect_codes, why);
	else
		r = inspect(w, &m, why);
	msg_close(&m);
	arena_reset(w->arena);
	return r;
}

/* What libarchive would open files for, while there still are files: member names are
 * converted by the locale, and times of zip members by the time zone. */
static void warm_up(void)
{
	(void)setlocale(LC_CTYPE, "C.UTF-8");
	tzset();
}

int main(void)
{
	struct proc *p = proc_enter(PROCESS_INSPECT);
	struct arena *a = arena_new("conf", CONF_BUDGET);
	struct conf *conf = conf_new_default(a);
	struct why why = { "" };
	struct worker w = { 0 };
	int fd, r = conf_text_decode(conf, proc_config(p), &why);
	struct sandbox_spec spec = { .user = arena_cz(a, conf->users.inspect),
				     .memory_bytes = conf->inspect.memory + LIBRARIES_BYTES };

	warm_up();
	arena_on_budget(over_budget);
	signal(SIGALRM, tick);
	if (r == 0)
		r = yarascan_begin(&why);
	if (r == 0)
		r = sandbox_enter(&spec, &why);
	if (r == 0)
		r = take_limits(&w, p, &why);
	w.arena = arena_new("inspect", conf->inspect.memory);
	if (r < 0) {
		log_event("process.failed", F_C("why", why.text));
		return 1;
	}
	fd = proc_wait_lane(p);
	if (fd < 0)
		_exit(0);
	w.lane = chan_new(fd, PROCESS_INSPECT, PROCESS_SCAN);
	while (r >= 0) {
		enum proc_work work = proc_wait_work(p, chan_fd(w.lane));

		if (work == PROC_LEAVE)
			_exit(0);
		r = work == PROC_RELOAD ? take_limits(&w, p, &why) : serve(&w, &why);
	}
	if (r != -EPIPE) /* the conductor gone is an ordinary end */
		log_event("inspect.failed", F_C("why", why.text));
	_exit(r == -EPIPE ? 0 : 1);
}

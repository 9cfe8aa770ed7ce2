#include "scan/workers.h"

#include "base/fd.h"
#include "base/map.h"
#include "sys/chan.h"
#include "sys/lanes.h"
#include "sys/metrics.h"
#include "sys/stream.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

enum { NOTE_SHOWN = 100 };

struct worker {
	struct worker *next;
	struct chan *chan;
	uint64_t id;
	uint64_t generation; /* of the patterns it has; 0: none */
	const char *facts;   /* shared memory, written by the worker at any time */
	const char *shared;  /* the same: a note, then extracts */
	int facts_fd, shared_fd;
};

struct patterns_file {
	int fd;
	uint64_t generation, hash;
};

struct workers {
	struct workers_host host;
	pthread_mutex_t lock;
	pthread_cond_t freed;
	struct worker *idle;
	struct patterns_file now, before;
	_Atomic uint64_t features_key;
};

struct workers *workers_new(struct workers_host host)
{
	struct workers *w = calloc(1, sizeof(*w));
	pthread_condattr_t attr;

	bug_if(!w);
	w->host = host;
	w->now.fd = w->before.fd = -1;
	pthread_mutex_init(&w->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&w->freed, &attr);
	pthread_condattr_destroy(&attr);
	return w;
}

void workers_set_features_key(struct workers *w, uint64_t key)
{
	w->features_key = key;
}

int workers_set_patterns(struct workers *w, str blob, uint64_t *ret_generation, struct why *why)
{
	uint64_t hash = map_hash(blob, false);
	cleanup(fd_closep) int fd = -1;
	int r;

	*ret_generation = w->now.generation;
	if (w->now.fd >= 0 && w->now.hash == hash)
		return 0;
	fd = fd_memfd("patterns", why);
	r = fd < 0 ? fd : fd_write_all(fd, blob, why);
	if (r == 0)
		r = fd_seal(fd, why);
	if (r < 0)
		return r;
	*ret_generation = w->now.generation + 1;
	pthread_mutex_lock(&w->lock);
	fd_closep(&w->before.fd);
	w->before = w->now;
	w->now = (struct patterns_file){ take_fd(fd), *ret_generation, hash };
	pthread_mutex_unlock(&w->lock);
	return 0;
}

static void worker_free(struct worker *k)
{
	chan_free(k->chan);
	if (k->facts)
		munmap((void *)(uintptr_t)k->facts, FACTS_MAX_BYTES);
	if (k->shared)
		munmap((void *)(uintptr_t)k->shared, FACTS_SHARED_BYTES);
	fd_closep(&k->facts_fd);
	fd_closep(&k->shared_fd);
	free(k);
}

struct workers *workers_free(struct workers *w)
{
	while (w && w->idle) {
		struct worker *k = w->idle;

		w->idle = k->next;
		worker_free(k);
	}
	if (w) {
		fd_closep(&w->now.fd);
		fd_closep(&w->before.fd);
	}
	free(w);
	return NULL;
}

static void give(struct workers *w, struct worker *k)
{
	pthread_mutex_lock(&w->lock);
	k->next = w->idle;
	w->idle = k;
	pthread_cond_signal(&w->freed);
	pthread_mutex_unlock(&w->lock);
}

/* The worker is lost, and whoever started it makes sure that it is. */
static void give_up(struct workers *w, struct worker *k, const char *why)
{
	metrics_add(METRIC_scan_workers_killed, 1);
	w->host.kill(w->host.ctx, k->id, why);
	worker_free(k);
}

/* An idle worker on whose lane something can be read has ended, or speaks unasked. */
static void drop_ended(struct workers *w)
{
	pthread_mutex_lock(&w->lock);
	for (struct worker **at = &w->idle; *at;) {
		struct worker *k = *at;

		if (stream_wait(chan_fd(k->chan), POLLIN, 0, NULL) == STREAM_E_TIMEOUT) {
			at = &k->next;
			continue;
		}
		*at = k->next;
		worker_free(k);
	}
	pthread_mutex_unlock(&w->lock);
}

/* A new worker takes the place of one that has ended, perhaps while it was idle. */
void workers_add(struct workers *w, int fd, uint64_t id)
{
	struct worker *k = calloc(1, sizeof(*k));

	bug_if(!k);
	drop_ended(w);
	k->chan = chan_new(fd, PROCESS_SCAN, PROCESS_INSPECT);
	k->id = id;
	k->facts_fd = k->shared_fd = -1;
	give(w, k);
}

static struct worker *take(struct workers *w, deadline d)
{
	struct timespec until = { .tv_sec = d / 1000, .tv_nsec = d % 1000 * 1000000 };
	struct worker *k;

	pthread_mutex_lock(&w->lock);
	while (!w->idle) {
		if (pthread_cond_timedwait(&w->freed, &w->lock, &until) == ETIMEDOUT && !w->idle) {
			pthread_mutex_unlock(&w->lock);
			return NULL;
		}
	}
	k = w->idle;
	w->idle = k->next;
	pthread_mutex_unlock(&w->lock);
	return k;
}

static int map_memory(const char *name, off_t size, int *ret_fd, const char **ret, struct why *why)
{
	int fd = *ret_fd = fd_memfd(name, why);
	void *p;

	if (fd < 0)
		return fd;
	/* The worker could shrink the file under our mapping: its size is sealed. */
	if (ftruncate(fd, size) < 0 || fd_seal_size(fd) < 0)
		return why_set(why, -errno, "%s memory: %m", name);
	p = mmap(NULL, (size_t)size, PROT_READ, MAP_SHARED, fd, 0);
	if (p == MAP_FAILED)
		return why_set(why, -errno, "%s memory: %m", name);
	*ret = p;
	return 0;
}

/* Pages are there when they are written to: extracts that nobody makes take no room. */
static int map_both(struct worker *k, struct why *why)
{
	int r = map_memory("facts", FACTS_MAX_BYTES, &k->facts_fd, &k->facts, why);

	return r < 0 ? r
		     : map_memory("extracts", FACTS_SHARED_BYTES, &k->shared_fd, &k->shared, why);
}

/* *ret_fd is for a worker that has others. */
static int find_patterns(struct workers *w, uint64_t generation, const struct worker *k,
			 int *ret_fd, struct why *why)
{
	const struct patterns_file *p = NULL;

	*ret_fd = -1;
	pthread_mutex_lock(&w->lock);
	if (w->now.fd >= 0 && generation == w->now.generation)
		p = &w->now;
	else if (w->before.fd >= 0 && generation == w->before.generation)
		p = &w->before;
	if (p && k->generation != generation)
		*ret_fd = dup(p->fd);
	pthread_mutex_unlock(&w->lock);
	return p ? 0 : why_set(why, -ESTALE, "the rules of this message are gone");
}

static int setup(struct workers *w, uint64_t generation, struct worker *k, struct why *why)
{
	struct msg m = { .type = MSG_inspect_setup, .n_fds = 3 };
	cleanup(fd_closep) int patterns = -1;
	int r;

	if (!k->facts) {
		r = map_both(k, why);
		if (r < 0)
			return r;
	}
	r = find_patterns(w, generation, k, &patterns, why);
	if (r < 0 || k->generation == generation)
		return r;
	m.inspect_setup.generation = generation;
	m.fds[0] = patterns;
	m.fds[1] = k->facts_fd;
	m.fds[2] = k->shared_fd;
	r = patterns < 0 ? why_set(why, -EMFILE, "patterns: no descriptor")
			 : chan_send(k->chan, &m, why);
	if (r == 0)
		k->generation = generation;
	return r;
}

/* Hands the message to some worker. One that is found dead never saw it: not counted. */
static int start(struct inspection *in)
{
	for (;;) {
		struct worker *k = take(in->workers, in->until);
		int r;

		if (!k)
			return why_set(&in->why, -ETIMEDOUT,
				       "no inspection worker became free in time");
		r = setup(in->workers, in->generation, k, &in->why);
		if (r == -ESTALE) {
			give(in->workers, k);
			return r;
		}
		if (r == 0)
			r = chan_send(k->chan, &in->question, &in->why);
		if (r == 0) {
			in->worker = k;
			return 0;
		}
		give_up(in->workers, k, in->why.text);
		if (r != -EPIPE)
			return r;
	}
}

void workers_begin(struct workers *w, uint64_t generation, str mid, int fd, str message,
		   uint32_t wants, int64_t patience_ms, deadline until, struct inspection *ret)
{
	*ret = (struct inspection){
		.workers = w, .generation = generation, .patience_ms = patience_ms, .until = until
	};
	ret->question = (struct msg){ .type = MSG_inspect,
				      .inspect = { .mid = mid, .size = message.n, .wants = wants },
				      .fds = { fd },
				      .n_fds = fd >= 0 };
	ret->question.inspect.features_key = w->features_key;
	if (fd < 0)
		ret->question.inspect.bytes = message;
	ret->result = start(ret);
}

void workers_begin_codes(struct workers *w, uint64_t generation, enum facts_url_where where,
			 const struct msg_texts *codes, int64_t patience_ms, deadline until,
			 struct inspection *ret)
{
	*ret = (struct inspection){
		.workers = w, .generation = generation, .patience_ms = patience_ms, .until = until
	};
	ret->question =
		(struct msg){ .type = MSG_inspect_codes, .inspect_codes = { where, *codes } };
	ret->result = start(ret);
}

/* A message can fill both; what is made of it takes room, too, and is far smaller than the rest. */
_Static_assert(2 * (FACTS_MAX_EXTRACT_BYTES + 4 * FACTS_MAX_BYTES) <= LANES_ARENA_BYTES,
	       "half of a lane's arena is enough");

/* facts_decode has checked that they fit. */
static void take_extracts(const struct worker *k, struct arena *a, struct facts *f)
{
	const char *at = k->shared + FACTS_NOTE_BYTES;

	for (size_t i = 0; i < f->extracts.n; i++) {
		struct facts_extract *x = &f->extracts.v[i];

		x->bytes = arena_str(a, str_of(at, x->size));
		at += x->size;
	}
}

static int read_facts(struct worker *k, uint64_t length, struct arena *a, struct facts *ret,
		      struct why *why)
{
	if (length > FACTS_MAX_BYTES)
		return why_set(why, -EPROTO, "a worker announced %llu bytes of facts",
			       (unsigned long long)length);
	/* Copied first: what is shared may change while it is read. */
	if (!facts_decode(a, arena_str(a, str_of(k->facts, length)), ret))
		return why_set(why, -EPROTO, "a worker sent malformed facts");
	take_extracts(k, a, ret);
	return 0;
}

/* What the worker was looking at when it died or had to: its own words, so hostile ones. */
static void add_note(const struct worker *k, struct arena *a, struct why *why)
{
	struct strbuf words = strbuf_make(a, NOTE_SHOWN);
	str note = arena_str(a, str_of(k->shared, NOTE_SHOWN));
	size_t end = str_chr(note, '\0');

	strbuf_printable(&words, str_sub(note, 0, end == STR_NONE ? note.n : end));
	if (words.n)
		why_prefix(why, -EIO, "%.*s", STR_ARG(strbuf_str(&words)));
}

static int finish(struct inspection *in, struct arena *a, struct facts *ret, struct why *why)
{
	deadline d = clock_sooner(deadline_in(in->patience_ms), in->until);
	struct msg m;
	int r = chan_receive(in->worker->chan, a, d, &m, why);

	if (r == 0 && m.type == MSG_inspected)
		r = read_facts(in->worker, m.inspected.length, a, ret, why);
	if (r < 0) {
		add_note(in->worker, a, why);
		give_up(in->workers, in->worker, why->text);
	} else {
		give(in->workers, in->worker);
	}
	in->worker = NULL;
	return r;
}

int workers_end(struct inspection *in, struct arena *a, struct facts *ret, struct why *why)
{
	int r;

	*why = in->why;
	if (in->result < 0)
		return in->result;
	r = finish(in, a, ret, why);
	if (r == 0)
		return WORKERS_OK;
	r = start(in);
	if (r < 0) {
		*why = in->why;
		return r;
	}
	r = finish(in, a, ret, why);
	return r < 0 ? WORKERS_E_FAILED : WORKERS_OK;
}

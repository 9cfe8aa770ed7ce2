#include "sys/lanes.h"

#include "sys/proc.h"
#include "sys/stream.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>

struct lane {
	struct lane *next;
	struct chan *chan;
	uint64_t id;
};

struct lanes {
	enum process me, peer;
	pthread_mutex_t lock;
	pthread_cond_t freed;
	struct lane *idle; /* the most recently used one first: its caches are warm */
	void (*lost)(void *ctx, enum process peer);
	void *lost_ctx;
};

struct lanes *lanes_new(enum process me, enum process peer)
{
	struct lanes *l = calloc(1, sizeof(*l));
	pthread_condattr_t attr;

	bug_if(!l);
	l->me = me;
	l->peer = peer;
	pthread_mutex_init(&l->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&l->freed, &attr);
	pthread_condattr_destroy(&attr);
	return l;
}

struct lanes *lanes_free(struct lanes *l)
{
	while (l && l->idle) {
		struct lane *lane = l->idle;

		l->idle = lane->next;
		chan_free(lane->chan);
		free(lane);
	}
	free(l);
	return NULL;
}

void lanes_give(struct lanes *l, struct chan *c, uint64_t id)
{
	struct lane *lane = calloc(1, sizeof(*lane));

	bug_if(!lane);
	lane->chan = c;
	lane->id = id;
	pthread_mutex_lock(&l->lock);
	lane->next = l->idle;
	l->idle = lane;
	pthread_cond_signal(&l->freed);
	pthread_mutex_unlock(&l->lock);
}

void lanes_on_lost(struct lanes *l, void (*lost)(void *ctx, enum process peer), void *ctx)
{
	l->lost = lost;
	l->lost_ctx = ctx;
}

void lanes_close(struct lanes *l, struct chan *c, int error)
{
	chan_free(c);
	/* When the peer has died, lanes to its next life come unasked. */
	if (error != -EPIPE && l->lost)
		l->lost(l->lost_ctx, l->peer);
}

/* An idle lane on which something can be read has ended, or its peer speaks unasked. */
static void drop_ended(struct lanes *l)
{
	pthread_mutex_lock(&l->lock);
	for (struct lane **at = &l->idle; *at;) {
		struct lane *lane = *at;

		if (stream_wait(chan_fd(lane->chan), POLLIN, 0, NULL) == STREAM_E_TIMEOUT) {
			at = &lane->next;
			continue;
		}
		*at = lane->next;
		chan_free(lane->chan);
		free(lane);
	}
	pthread_mutex_unlock(&l->lock);
}

/* New lanes come when the other process has been started again: without a look at the
 * idle ones, those of its former lives would stay below the new ones for good. */
void lanes_add(struct lanes *l, int fd, uint64_t id)
{
	drop_ended(l);
	lanes_give(l, chan_new(fd, l->me, l->peer), id);
}

/* Under the lock: the first idle one. */
static struct chan *take_first(struct lanes *l, uint64_t *ret_id)
{
	struct lane *lane = l->idle;
	struct chan *c = lane->chan;

	l->idle = lane->next;
	*ret_id = lane->id;
	free(lane);
	return c;
}

struct chan *lanes_take_spared(struct lanes *l, size_t spare, uint64_t *ret_id)
{
	struct chan *c = NULL;
	size_t n = 0;

	pthread_mutex_lock(&l->lock);
	for (const struct lane *lane = l->idle; lane && n <= spare; lane = lane->next)
		n++;
	if (n > spare)
		c = take_first(l, ret_id);
	pthread_mutex_unlock(&l->lock);
	return c;
}

struct chan *lanes_take(struct lanes *l, deadline d, uint64_t *ret_id)
{
	struct timespec until = { .tv_sec = d / 1000, .tv_nsec = d % 1000 * 1000000 };
	struct chan *c;

	pthread_mutex_lock(&l->lock);
	while (!l->idle) {
		if (pthread_cond_timedwait(&l->freed, &l->lock, &until) == ETIMEDOUT && !l->idle) {
			pthread_mutex_unlock(&l->lock);
			return NULL;
		}
	}
	c = take_first(l, ret_id);
	pthread_mutex_unlock(&l->lock);
	return c;
}

/* An answer that comes just as the deadline passes is still heard: who answers knows by the
 * error of his sending whether it was. */
static int receive(struct chan *c, struct arena *a, deadline d, struct msg *ret, struct why *why)
{
	struct why late;
	int r = chan_receive(c, a, d, ret, why);

	if (r == -ETIMEDOUT && chan_receive_last(c, a, ret, &late) == 0)
		return 0;
	return r;
}

/* Nobody answers, so that a lane whose other side does not read fills up; a full one would hold the
 * sender for as long. What is writable has room for the largest message. */
static bool has_room(const struct chan *c, deadline d)
{
	return stream_wait(chan_fd(c), POLLOUT, d, NULL) == STREAM_OK;
}

int lanes_tell(struct lanes *l, const struct msg *m, deadline d, struct why *why)
{
	for (;;) {
		uint64_t id;
		struct chan *c = lanes_take(l, d, &id);
		int r;

		if (!c)
			return why_set(why, -ETIMEDOUT, "no free lane to %s",
				       msg_process_name(l->peer));
		if (!has_room(c, d)) {
			lanes_give(l, c, id);
			return why_set(why, -ETIMEDOUT, "%s does not read",
				       msg_process_name(l->peer));
		}
		r = chan_send(c, m, why);
		if (r == 0 || r == -EMSGSIZE)
			lanes_give(l, c, id);
		else
			lanes_close(l, c, r);
		if (r != -EPIPE)
			return r;
	}
}

/* answer_ms: from the question; 0: the answer is due by d as well. */
static int ask(struct lanes *l, const struct msg *question, enum msg_type want, struct arena *a,
	       deadline d, int64_t answer_ms, struct msg *ret, struct why *why)
{
	for (;;) {
		uint64_t id;
		struct chan *c = lanes_take(l, d, &id);
		int r;

		if (!c)
			return why_set(why, -ETIMEDOUT, "no free lane to %s",
				       msg_process_name(l->peer));
		r = chan_send(c, question, why);
		if (r == -EPIPE) {
			/* It died while the lane was idle and has not seen the question. */
			chan_free(c);
			continue;
		}
		if (r == -EMSGSIZE) {
			lanes_give(l, c, id);
			return r;
		}
		if (r == 0)
			r = receive(c, a, answer_ms ? deadline_in(answer_ms) : d, ret, why);
		if (r == 0 && ret->type != want) {
			r = why_set(why, -EPROTO, "%s answered %s with %s",
				    msg_process_name(l->peer), msg_name(question->type),
				    msg_name(ret->type));
			msg_close(ret);
		}
		if (r < 0) {
			lanes_close(l, c, r);
			return r;
		}
		lanes_give(l, c, id);
		return 0;
	}
}

int lanes_ask(struct lanes *l, const struct msg *question, enum msg_type want, struct arena *a,
	      deadline d, struct msg *ret, struct why *why)
{
	return ask(l, question, want, a, d, 0, ret, why);
}

int lanes_ask_within(struct lanes *l, const struct msg *question, enum msg_type want,
		     struct arena *a, deadline lane_by, int64_t answer_ms, struct msg *ret,
		     struct why *why)
{
	return ask(l, question, want, a, lane_by, answer_ms, ret, why);
}

struct server {
	struct chan *chan;
	lanes_answer_fn *answer;
	void *ctx;
};

static void serve(void *ctx)
{
	struct server s = *(struct server *)ctx;
	struct arena *a = arena_new("lane", LANES_ARENA_BYTES);
	int r = 0;

	free(ctx);
	while (r >= 0) {
		struct msg m;
		struct why why;

		r = chan_receive(s.chan, a, CHAN_FOREVER, &m, &why);
		if (r < 0)
			break;
		r = s.answer(s.ctx, s.chan, &m, a);
		msg_close(&m);
		arena_reset(a);
	}
	arena_free(a);
	chan_free(s.chan);
}

int lanes_serve(int fd, enum process me, enum process peer, lanes_answer_fn *answer, void *ctx,
		struct why *why)
{
	struct server *s = malloc(sizeof(*s));
	int r;

	bug_if(!s);
	*s = (struct server){ chan_new(fd, me, peer), answer, ctx };
	r = proc_thread(serve, s, why);
	if (r < 0) {
		chan_free(s->chan);
		free(s);
	}
	return r;
}

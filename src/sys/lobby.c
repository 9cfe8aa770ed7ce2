#include "sys/lobby.h"

#include "base/fd.h"
#include "base/list.h"
#include "sys/metrics.h"
#include "sys/proc.h"
#include "sys/sockaddr.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum {
	WHEEL_SLOTS = 256, /* of a second each; a later deadline goes round again */
	TICK_MS = 1000,
	HURRY_MS = 2000, /* for last words when grace is over */
};

/* First member of whatever epoll points to. */
enum kind { KIND_ENDER, KIND_LISTENER, KIND_GUEST };

struct listener {
	enum kind kind;
	int fd;
	size_t tag;
	bool paused; /* no descriptors or memory: try again at the next tick */
};

struct guest {
	enum kind kind;
	bool known; /* epoll knows its socket */
	bool busy;  /* parked with LOBBY_PARK_BUSY */
	bool parked;
	bool resting; /* until then; its socket is not watched */
	bool expired;
	enum lobby_expiry expiry;
	struct list link; /* while it waits: in a slot of the wheel, or in expired */
	deadline until;
	char *left; /* input the last step has left */
	size_t left_n;
	struct stream io;
	_Alignas(max_align_t) char owner[];
};

struct lobby {
	struct lobby_handlers h;
	int epoll, ender;
	enum kind ender_kind;
	size_t max_threads;
	_Atomic size_t n_waiting; /* threads in epoll_wait */

	pthread_mutex_t accepting; /* around every use of a listener */
	struct listener listeners[LOBBY_LISTENERS_MAX];
	size_t n_listeners;

	pthread_mutex_t lock; /* of everything below */
	pthread_cond_t gone, turn;
	struct list wheel[WHEEL_SLOTS];
	struct list expired; /* out of the wheel; epoll is about to give them to a thread */
	size_t n_threads, n_guests;
	int64_t tick;  /* the second up to which the wheel has turned */
	bool watching; /* the thread that turns the wheel runs */
	bool stopping, hurry;
	_Atomic bool over;
};

struct lobby *lobby_new(const struct lobby_handlers *h, size_t threads)
{
	struct lobby *l = calloc(1, sizeof(*l));
	pthread_condattr_t attr;

	bug_if(!l || threads == 0);
	l->h = *h;
	l->epoll = l->ender = -1;
	l->max_threads = threads;
	pthread_mutex_init(&l->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_mutex_init(&l->accepting, NULL);
	pthread_cond_init(&l->turn, &attr);
	pthread_cond_init(&l->gone, &attr);
	pthread_condattr_destroy(&attr);
	list_init(&l->expired);
	for (size_t i = 0; i < WHEEL_SLOTS; i++)
		list_init(&l->wheel[i]);
	return l;
}

struct lobby *lobby_free(struct lobby *l)
{
	if (!l)
		return NULL;
	bug_if(l->n_guests || l->n_threads || l->watching);
	for (size_t i = 0; i < l->n_listeners; i++)
		fd_close(l->listeners[i].fd);
	fd_close(l->epoll);
	fd_close(l->ender);
	pthread_mutex_destroy(&l->accepting);
	pthread_cond_destroy(&l->turn);
	pthread_cond_destroy(&l->gone);
	pthread_mutex_destroy(&l->lock);
	free(l);
	return NULL;
}

void lobby_listen(struct lobby *l, int fd, size_t tag)
{
	bug_if(l->n_listeners == LOBBY_LISTENERS_MAX);
	l->listeners[l->n_listeners++] =
		(struct listener){ .kind = KIND_LISTENER, .fd = fd, .tag = tag };
}

size_t lobby_guests(struct lobby *l)
{
	size_t n;

	pthread_mutex_lock(&l->lock);
	n = l->n_guests;
	pthread_mutex_unlock(&l->lock);
	return n;
}

/* ---- the wheel; all with the lock held ---- */

static void wheel_insert(struct lobby *l, struct guest *g)
{
	int64_t now = clock_now_ms(), ahead = (g->until - now) / TICK_MS + 1;

	if (ahead < 1)
		ahead = 1;
	if (ahead > WHEEL_SLOTS - 1)
		ahead = WHEEL_SLOTS - 1;
	list_append(&l->wheel[(now / TICK_MS + ahead) % WHEEL_SLOTS], &g->link);
}

/* Arms the guest's socket for one event. */
static bool arm(struct lobby *l, struct guest *g, uint32_t more)
{
	struct epoll_event e = { .events = EPOLLIN | EPOLLRDHUP | EPOLLONESHOT | more,
				 .data.ptr = g };
	int op = g->known ? EPOLL_CTL_MOD : EPOLL_CTL_ADD;

	g->known = epoll_ctl(l->epoll, op, g->io.fd, &e) == 0;
	return g->known;
}

/* A socket that may be written to has its event at once: so who has rested comes to a thread on
 * the way of all others. Without memory for that it rests a second longer. */
static void wake_guest(struct lobby *l, struct guest *g)
{
	g->until = deadline_in(TICK_MS);
	if (arm(l, g, EPOLLOUT)) {
		g->resting = false;
		g->until = deadline_in(LOBBY_WAKE_MS);
	}
	list_remove(&g->link);
	wheel_insert(l, g);
}

/* The guest's own event brings it to a thread: as nothing is read from it any more, its
 * socket is at its end. So there is one way out of epoll, and no event for who is not there. */
static void expire_guest(struct lobby *l, struct guest *g, enum lobby_expiry why)
{
	if (g->resting && !arm(l, g, 0))
		return; /* at the next tick */
	g->expired = true;
	g->expiry = why;
	list_remove(&g->link);
	list_append(&l->expired, &g->link);
	(void)shutdown(g->io.fd, SHUT_RD); /* ENOTCONN: it has ended by itself */
}

static void turn_slot(struct lobby *l, struct list *slot)
{
	int64_t now = clock_now_ms();
	struct list due;

	/* Moved out first: a guest may go back to this very slot for the next round. */
	list_init(&due);
	list_each (slot, link) {
		list_remove(link);
		list_append(&due, link);
	}
	list_each (&due, link) {
		struct guest *g = list_entry(link, struct guest, link);

		if (g->until <= now && g->resting) {
			wake_guest(l, g);
		} else if (g->until <= now) {
			expire_guest(l, g, LOBBY_IDLE);
		} else {
			list_remove(link);
			wheel_insert(l, g);
		}
	}
}

static void expire_all(struct lobby *l)
{
	for (size_t i = 0; i < WHEEL_SLOTS; i++) {
		list_each (&l->wheel[i], link) {
			struct guest *g = list_entry(link, struct guest, link);

			if (!g->busy || l->hurry)
				expire_guest(l, g, LOBBY_STOPPING);
		}
	}
}

/* ---- the pool ---- */

struct buffers {
	char in[LOBBY_IN_BYTES];
	char out[LOBBY_OUT_BYTES];
};

static void lend(struct guest *g, struct buffers *b)
{
	stream_lend(&g->io, b->in, sizeof(b->in), b->out, sizeof(b->out));
	if (g->left_n) {
		memcpy(b->in, g->left, g->left_n);
		g->io.in_end = g->left_n;
		free(g->left);
		g->left = NULL;
		g->left_n = 0;
	}
}

static void take_back(struct guest *g)
{
	size_t n = g->io.in_end - g->io.in_at;

	bug_if(g->io.out_n);
	bug_if(!g->resting && (n > LOBBY_LEFT_MAX || g->io.ops->pending(g->io.ctx)));
	if (n) {
		g->left = malloc(n);
		bug_if(!g->left);
		memcpy(g->left, g->io.in + g->io.in_at, n);
		g->left_n = n;
	}
	stream_take_back(&g->io);
}

static void say_goodbye(struct lobby *l, struct guest *g)
{
	l->h.leave(l->h.ctx, g->owner, &g->io);
	fd_close(g->io.fd);
	free(g->left);
	free(g);
	pthread_mutex_lock(&l->lock);
	if (--l->n_guests == 0)
		pthread_cond_broadcast(&l->gone);
	pthread_mutex_unlock(&l->lock);
}

static void note_parked(struct guest *g, bool parked)
{
	if (g->parked != parked)
		metrics_add(METRIC_edge_parked, parked ? 1 : -1);
	g->parked = parked;
}

/* False when there is no more waiting for this guest: it has expired. */
static bool park(struct lobby *l, struct guest *g)
{
	bool parked = false;

	pthread_mutex_lock(&l->lock);
	if (!l->stopping || (g->busy && !l->hurry)) {
		/* Under the lock, so the guest is in the wheel before its event can come. */
		wheel_insert(l, g);
		note_parked(g, true);
		parked = g->resting || arm(l, g, 0);
		if (!parked)
			list_remove(&g->link);
	}
	pthread_mutex_unlock(&l->lock);
	if (!parked) {
		g->expired = true;
		g->expiry = LOBBY_STOPPING;
	}
	return parked;
}

/* Waits a moment for more from the same guest, when nobody else needs this thread. */
static bool linger(struct lobby *l, struct guest *g)
{
	bool others_are_served;

	pthread_mutex_lock(&l->lock);
	others_are_served = !l->stopping && (l->n_waiting > 0 || l->n_threads < l->max_threads);
	pthread_mutex_unlock(&l->lock);
	return others_are_served &&
	       stream_wait(g->io.fd, POLLIN, deadline_in(LOBBY_LINGER_MS), NULL) == STREAM_OK;
}

static void serve(struct lobby *l, struct guest *g, struct buffers *b)
{
	enum lobby_next next = LOBBY_CLOSE;

	note_parked(g, false);
	lend(g, b);
	if (!g->expired) {
		do
			next = l->h.step(l->h.ctx, g->owner, &g->io, &g->until);
		while (next != LOBBY_CLOSE && next != LOBBY_REST && clock_left(g->until) > 0 &&
		       linger(l, g));
	}
	g->resting = next == LOBBY_REST;
	if (next != LOBBY_CLOSE && !g->resting && clock_left(g->until) == 0) {
		/* Whoever keeps talking is never found waiting by the wheel. */
		g->expired = true;
		g->expiry = LOBBY_IDLE;
	} else if (next != LOBBY_CLOSE) {
		g->busy = next == LOBBY_PARK_BUSY;
		take_back(g);
		if (park(l, g))
			return;
		note_parked(g, false);
		lend(g, b);
	}
	if (g->expired)
		l->h.expire(l->h.ctx, g->owner, &g->io, g->expiry);
	say_goodbye(l, g);
}

static void work(void *lobby);

static int add_thread(struct lobby *l, struct why *why)
{
	int r;

	pthread_mutex_lock(&l->lock);
	l->n_threads++;
	pthread_mutex_unlock(&l->lock);
	r = proc_thread(work, l, why);
	metrics_add(METRIC_edge_threads, r == 0);
	if (r < 0) {
		pthread_mutex_lock(&l->lock);
		l->n_threads--;
		pthread_mutex_unlock(&l->lock);
	}
	return r;
}

/* Whoever begins to serve leaves another thread waiting, as long as there may be more. */
static void leave_somebody_waiting(struct lobby *l)
{
	bool more;

	if (l->n_waiting > 0)
		return;
	pthread_mutex_lock(&l->lock);
	more = l->n_threads < l->max_threads;
	pthread_mutex_unlock(&l->lock);
	/* When the system has no more threads, guests wait for those that are there. */
	if (more)
		(void)!add_thread(l, NULL);
}

static struct guest *welcome(struct lobby *l, int fd, size_t tag,
			     const struct sockaddr_storage *from)
{
	struct guest *g = calloc(1, sizeof(*g) + l->h.guest_size);
	str farewell = STR_NULL;
	uint16_t port;
	struct ip ip = sockaddr_ip(from, &port);

	bug_if(!g);
	g->kind = KIND_GUEST;
	if (!l->h.arrive(l->h.ctx, g->owner, tag, ip, port, &farewell)) {
		(void)send(fd, farewell.p, farewell.n, MSG_NOSIGNAL | MSG_DONTWAIT);
		fd_close(fd);
		free(g);
		return NULL;
	}
	stream_init(&g->io, fd);
	pthread_mutex_lock(&l->lock);
	l->n_guests++;
	pthread_mutex_unlock(&l->lock);
	return g;
}

/* One event each: who takes it accepts one connection and arms the listener for the next. */
static void watch_listener(struct lobby *l, struct listener *at, int op)
{
	struct epoll_event e = { .events = EPOLLIN | EPOLLONESHOT, .data.ptr = at };

	at->paused = epoll_ctl(l->epoll, op, at->fd, &e) < 0;
}

static int accept_one(struct lobby *l, struct listener *at, struct sockaddr_storage *from)
{
	socklen_t n = sizeof(*from);
	int fd = -1;

	pthread_mutex_lock(&l->accepting);
	if (at->fd >= 0) {
		fd = accept4(at->fd, (struct sockaddr *)from, &n, SOCK_NONBLOCK | SOCK_CLOEXEC);
		if (fd >= 0 || errno == EAGAIN || errno == EINTR || errno == ECONNABORTED)
			watch_listener(l, at, EPOLL_CTL_MOD);
		else
			at->paused = true;
	}
	pthread_mutex_unlock(&l->accepting);
	return fd;
}

/* Whom an event is for; NULL: nobody. */
static struct guest *take_event(struct lobby *l, void *ptr)
{
	struct sockaddr_storage from = { 0 };
	const struct listener *at = ptr;
	struct guest *g = ptr;
	int fd;

	switch (*(enum kind *)ptr) {
	case KIND_LISTENER:
		fd = accept_one(l, ptr, &from);
		return fd < 0 ? NULL : welcome(l, fd, at->tag, &from);
	case KIND_GUEST:
		pthread_mutex_lock(&l->lock);
		list_remove(&g->link);
		pthread_mutex_unlock(&l->lock);
		return g;
	default:
		return NULL;
	}
}

static void work(void *lobby)
{
	struct lobby *l = lobby;
	struct buffers *b = malloc(sizeof(*b));

	bug_if(!b);
	while (!l->over) {
		struct epoll_event e;
		struct guest *g;
		int n;

		l->n_waiting++;
		n = epoll_wait(l->epoll, &e, 1, -1);
		l->n_waiting--;
		g = n == 1 ? take_event(l, e.data.ptr) : NULL;
		if (!g)
			continue;
		leave_somebody_waiting(l);
		serve(l, g, b);
	}
	free(b);
	pthread_mutex_lock(&l->lock);
	if (--l->n_threads == 0)
		pthread_cond_broadcast(&l->gone);
	pthread_mutex_unlock(&l->lock);
}

/* ---- the thread that watches the time ---- */

/* With the lock held. */
static void turn_wheel(struct lobby *l)
{
	int64_t second = clock_now_ms() / TICK_MS;

	if (second - l->tick > WHEEL_SLOTS)
		l->tick = second - WHEEL_SLOTS;
	while (l->tick < second)
		turn_slot(l, &l->wheel[++l->tick % WHEEL_SLOTS]);
}

/* Listeners that had no descriptors or memory left try again; all end when we stop. */
static void tend_listeners(struct lobby *l, bool stopping)
{
	pthread_mutex_lock(&l->accepting);
	for (size_t i = 0; i < l->n_listeners; i++) {
		struct listener *at = &l->listeners[i];

		if (stopping)
			at->fd = fd_close(at->fd);
		else if (at->paused && at->fd >= 0)
			watch_listener(l, at, EPOLL_CTL_MOD);
	}
	pthread_mutex_unlock(&l->accepting);
}

static void watch(void *lobby)
{
	struct lobby *l = lobby;

	pthread_mutex_lock(&l->lock);
	while (!l->over) {
		deadline d = deadline_in(TICK_MS);
		struct timespec at = { .tv_sec = d / 1000, .tv_nsec = d % 1000 * 1000000 };
		bool stopping = l->stopping;

		turn_wheel(l);
		if (stopping)
			expire_all(l);
		pthread_mutex_unlock(&l->lock);
		tend_listeners(l, stopping);
		pthread_mutex_lock(&l->lock);
		if (l->stopping == stopping && !l->over)
			(void)pthread_cond_timedwait(&l->turn, &l->lock, &at);
	}
	l->watching = false;
	pthread_cond_broadcast(&l->gone);
	pthread_mutex_unlock(&l->lock);
}

int lobby_start(struct lobby *l, struct why *why)
{
	struct epoll_event e = { .events = EPOLLIN, .data.ptr = &l->ender_kind };
	int r;

	l->ender_kind = KIND_ENDER;
	l->epoll = epoll_create1(EPOLL_CLOEXEC);
	l->ender = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (l->epoll < 0 || l->ender < 0 || epoll_ctl(l->epoll, EPOLL_CTL_ADD, l->ender, &e) < 0)
		return why_set(why, -errno, "lobby: %m");
	l->tick = clock_now_ms() / TICK_MS;
	for (size_t i = 0; i < l->n_listeners; i++)
		watch_listener(l, &l->listeners[i], EPOLL_CTL_ADD);
	r = add_thread(l, why);
	if (r < 0)
		return r;
	l->watching = true;
	r = proc_thread(watch, l, why);
	if (r < 0)
		l->watching = false;
	return r;
}

/* With the lock held: every thread in epoll_wait finds out, now and later. */
static void end_all(struct lobby *l)
{
	uint64_t one = 1;

	l->over = true;
	pthread_cond_broadcast(&l->turn);
	(void)!write(l->ender, &one, sizeof(one)); /* full: it has been written before */
}

/* With the lock held. */
static bool wait_until(struct lobby *l, deadline d, bool (*reached)(const struct lobby *))
{
	struct timespec at = { .tv_sec = d / 1000, .tv_nsec = d % 1000 * 1000000 };

	while (!reached(l)) {
		if (pthread_cond_timedwait(&l->gone, &l->lock, &at) == ETIMEDOUT)
			return reached(l);
	}
	return true;
}

static bool is_empty(const struct lobby *l)
{
	return l->n_guests == 0;
}

static bool is_dark(const struct lobby *l)
{
	return l->n_threads == 0 && !l->watching;
}

bool lobby_stop(struct lobby *l, int64_t grace_ms)
{
	bool left;

	pthread_mutex_lock(&l->lock);
	l->stopping = true;
	pthread_cond_broadcast(&l->turn);
	if (!wait_until(l, deadline_in(grace_ms), is_empty)) {
		l->hurry = true;
		pthread_cond_broadcast(&l->turn);
		(void)wait_until(l, deadline_in(HURRY_MS), is_empty);
	}
	left = is_empty(l);
	if (left) {
		end_all(l);
		left = wait_until(l, deadline_in(HURRY_MS), is_dark);
	}
	pthread_mutex_unlock(&l->lock);
	return left;
}

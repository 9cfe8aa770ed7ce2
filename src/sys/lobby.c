#include "sys/lobby.h"

#include "base/fd.h"
#include "base/list.h"
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
	EVENTS = 64,
	TICK_MS = 1000,
	ACCEPT_BURST = 64,
	HURRY_MS = 2000, /* for last words when grace is over */
};

/* First member of whatever epoll points to. */
enum kind { KIND_WAKER, KIND_LISTENER, KIND_GUEST };

struct listener {
	enum kind kind;
	int fd;
	bool paused; /* no descriptors or memory: try again at the next tick */
};

struct guest {
	enum kind kind;
	bool known; /* epoll knows its socket */
	bool busy;  /* parked with LOBBY_PARK_BUSY */
	bool expired;
	enum lobby_expiry expiry;
	struct list link; /* in a slot of the wheel, or in ready */
	deadline until;
	char *left; /* input the last step has left */
	size_t left_n;
	struct stream io;
	_Alignas(max_align_t) char owner[];
};

struct lobby {
	struct lobby_handlers h;
	int epoll, waker;
	enum kind waker_kind;
	struct listener listeners[LOBBY_LISTENERS_MAX];
	size_t n_listeners, max_threads;

	pthread_mutex_t lock; /* of everything below */
	pthread_cond_t work, gone;
	struct list wheel[WHEEL_SLOTS];
	struct list ready; /* guests that wait for a thread */
	size_t n_ready, n_idle, n_threads, n_guests;
	int64_t tick;  /* the second up to which the wheel has turned */
	bool watching; /* the lobby's own thread runs */
	bool stopping, hurry, over;
};

struct lobby *lobby_new(const struct lobby_handlers *h, size_t threads)
{
	struct lobby *l = calloc(1, sizeof(*l));
	pthread_condattr_t attr;

	bug_if(!l || threads == 0);
	l->h = *h;
	l->epoll = l->waker = -1;
	l->max_threads = threads;
	pthread_mutex_init(&l->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&l->work, NULL);
	pthread_cond_init(&l->gone, &attr);
	pthread_condattr_destroy(&attr);
	list_init(&l->ready);
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
	fd_close(l->waker);
	pthread_cond_destroy(&l->work);
	pthread_cond_destroy(&l->gone);
	pthread_mutex_destroy(&l->lock);
	free(l);
	return NULL;
}

void lobby_listen(struct lobby *l, int fd)
{
	bug_if(l->n_listeners == LOBBY_LISTENERS_MAX);
	l->listeners[l->n_listeners++] = (struct listener){ .kind = KIND_LISTENER, .fd = fd };
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

static void make_ready(struct lobby *l, struct guest *g)
{
	list_append(&l->ready, &g->link);
	l->n_ready++;
}

/* Only in the lobby's own thread, which alone takes events from epoll: once the socket is
 * out of epoll, nothing can make the guest ready a second time. */
static void expire_guest(struct lobby *l, struct guest *g, enum lobby_expiry why)
{
	(void)epoll_ctl(l->epoll, EPOLL_CTL_DEL, g->io.fd, NULL);
	g->known = false;
	g->expired = true;
	g->expiry = why;
	list_remove(&g->link);
	make_ready(l, g);
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

		if (g->until <= now) {
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

	bug_if(g->io.out_n || n > LOBBY_LEFT_MAX || g->io.ops->pending(g->io.ctx));
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

/* Arms the guest's socket for one event. */
static bool arm(struct lobby *l, struct guest *g)
{
	struct epoll_event e = { .events = EPOLLIN | EPOLLRDHUP | EPOLLONESHOT, .data.ptr = g };
	int op = g->known ? EPOLL_CTL_MOD : EPOLL_CTL_ADD;

	g->known = epoll_ctl(l->epoll, op, g->io.fd, &e) == 0;
	return g->known;
}

/* False when there is no more waiting for this guest: it has expired. */
static bool park(struct lobby *l, struct guest *g)
{
	bool parked = false;

	pthread_mutex_lock(&l->lock);
	if (!l->stopping || (g->busy && !l->hurry)) {
		/* Under the lock, so the guest is in the wheel before its event can come. */
		wheel_insert(l, g);
		parked = arm(l, g);
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
	others_are_served =
		!l->stopping && (l->n_idle > l->n_ready || l->n_threads < l->max_threads);
	pthread_mutex_unlock(&l->lock);
	return others_are_served &&
	       stream_wait(g->io.fd, POLLIN, deadline_in(LOBBY_LINGER_MS), NULL) == STREAM_OK;
}

static void serve(struct lobby *l, struct guest *g, struct buffers *b)
{
	enum lobby_next next = LOBBY_CLOSE;

	lend(g, b);
	if (!g->expired) {
		do
			next = l->h.step(l->h.ctx, g->owner, &g->io, &g->until);
		while (next != LOBBY_CLOSE && clock_left(g->until) > 0 && linger(l, g));
	}
	if (next != LOBBY_CLOSE && clock_left(g->until) == 0) {
		/* Whoever keeps talking is never found waiting by the wheel. */
		g->expired = true;
		g->expiry = LOBBY_IDLE;
	} else if (next != LOBBY_CLOSE) {
		g->busy = next == LOBBY_PARK_BUSY;
		take_back(g);
		if (park(l, g))
			return;
		lend(g, b);
	}
	if (g->expired)
		l->h.expire(l->h.ctx, g->owner, &g->io, g->expiry);
	say_goodbye(l, g);
}

/* With the lock held; NULL when the lobby is over. */
static struct guest *next_guest(struct lobby *l)
{
	struct guest *g;

	l->n_idle++;
	while (list_empty(&l->ready) && !l->over)
		pthread_cond_wait(&l->work, &l->lock);
	l->n_idle--;
	if (list_empty(&l->ready))
		return NULL;
	g = list_entry(l->ready.next, struct guest, link);
	list_remove(&g->link);
	l->n_ready--;
	return g;
}

static void work(void *ctx)
{
	struct lobby *l = ctx;
	struct buffers *b = malloc(sizeof(*b));
	struct guest *g;

	bug_if(!b);
	pthread_mutex_lock(&l->lock);
	while ((g = next_guest(l))) {
		pthread_mutex_unlock(&l->lock);
		serve(l, g, b);
		pthread_mutex_lock(&l->lock);
	}
	free(b);
	if (--l->n_threads == 0)
		pthread_cond_broadcast(&l->gone);
	pthread_mutex_unlock(&l->lock);
}

static int add_thread(struct lobby *l, struct why *why)
{
	int r;

	pthread_mutex_lock(&l->lock);
	l->n_threads++;
	pthread_mutex_unlock(&l->lock);
	r = proc_thread(work, l, why);
	if (r < 0) {
		pthread_mutex_lock(&l->lock);
		l->n_threads--;
		pthread_mutex_unlock(&l->lock);
	}
	return r;
}

/* Wakes the threads that the ready guests need, or makes them. Only in the lobby's own
 * thread, without the lock: whoever is woken wants it. */
static void call_threads(struct lobby *l)
{
	size_t wake, missing;

	pthread_mutex_lock(&l->lock);
	wake = l->n_ready < l->n_idle ? l->n_ready : l->n_idle;
	missing = l->n_ready - wake;
	if (missing > l->max_threads - l->n_threads)
		missing = l->max_threads - l->n_threads;
	pthread_mutex_unlock(&l->lock);
	while (wake-- > 0)
		pthread_cond_signal(&l->work);
	/* When the system has no more threads, guests wait for those that are there. */
	while (missing-- > 0 && add_thread(l, NULL) == 0)
		;
}

/* ---- the lobby's own thread ---- */

static void watch_listener(struct lobby *l, struct listener *at)
{
	/* EPOLLEXCLUSIVE: several processes may share the listener; one wakes up. */
	struct epoll_event e = { .events = EPOLLIN | EPOLLEXCLUSIVE, .data.ptr = at };

	at->paused = epoll_ctl(l->epoll, EPOLL_CTL_ADD, at->fd, &e) < 0;
}

static void pause_listener(struct lobby *l, struct listener *at)
{
	at->paused = epoll_ctl(l->epoll, EPOLL_CTL_DEL, at->fd, NULL) == 0;
}

static void welcome(struct lobby *l, int fd, const struct sockaddr_storage *from)
{
	struct guest *g = calloc(1, sizeof(*g) + l->h.guest_size);
	str farewell = STR_NULL;
	uint16_t port;
	struct ip ip = sockaddr_ip(from, &port);

	bug_if(!g);
	g->kind = KIND_GUEST;
	if (!l->h.arrive(l->h.ctx, g->owner, ip, port, &farewell)) {
		(void)send(fd, farewell.p, farewell.n, MSG_NOSIGNAL | MSG_DONTWAIT);
		fd_close(fd);
		free(g);
		return;
	}
	stream_init(&g->io, fd);
	pthread_mutex_lock(&l->lock);
	l->n_guests++;
	make_ready(l, g);
	pthread_mutex_unlock(&l->lock);
}

static void accept_burst(struct lobby *l, struct listener *at)
{
	for (int i = 0; i < ACCEPT_BURST && at->fd >= 0; i++) {
		struct sockaddr_storage from = { 0 };
		socklen_t n = sizeof(from);
		int fd =
			accept4(at->fd, (struct sockaddr *)&from, &n, SOCK_NONBLOCK | SOCK_CLOEXEC);

		if (fd >= 0) {
			welcome(l, fd, &from);
			continue;
		}
		if (errno == EINTR || errno == ECONNABORTED)
			continue;
		if (errno != EAGAIN)
			pause_listener(l, at);
		return;
	}
}

static void take_event(struct lobby *l, void *ptr)
{
	enum kind kind = *(enum kind *)ptr;
	struct guest *g = ptr;
	uint64_t n;

	switch (kind) {
	case KIND_WAKER:
		(void)!read(l->waker, &n, sizeof(n)); /* the flags say what it was for */
		return;
	case KIND_LISTENER:
		accept_burst(l, ptr);
		return;
	case KIND_GUEST:
		pthread_mutex_lock(&l->lock);
		list_remove(&g->link);
		make_ready(l, g);
		pthread_mutex_unlock(&l->lock);
		return;
	}
}

static void turn_wheel(struct lobby *l)
{
	int64_t second = clock_now_ms() / TICK_MS;
	bool turned = l->tick < second;

	if (!turned)
		return;
	pthread_mutex_lock(&l->lock);
	if (second - l->tick > WHEEL_SLOTS)
		l->tick = second - WHEEL_SLOTS;
	while (l->tick < second)
		turn_slot(l, &l->wheel[++l->tick % WHEEL_SLOTS]);
	pthread_mutex_unlock(&l->lock);
	for (size_t i = 0; i < l->n_listeners; i++) {
		if (l->listeners[i].paused && l->listeners[i].fd >= 0)
			watch_listener(l, &l->listeners[i]);
	}
}

static bool heed_stop(struct lobby *l)
{
	bool stopping, over;

	pthread_mutex_lock(&l->lock);
	stopping = l->stopping;
	over = l->over;
	if (stopping)
		expire_all(l);
	pthread_mutex_unlock(&l->lock);
	for (size_t i = 0; stopping && i < l->n_listeners; i++)
		l->listeners[i].fd = fd_close(l->listeners[i].fd);
	return over;
}

static void watch(void *ctx)
{
	struct lobby *l = ctx;
	struct epoll_event events[EVENTS];

	while (!heed_stop(l)) {
		int n;

		call_threads(l);
		n = epoll_wait(l->epoll, events, EVENTS, TICK_MS);
		for (int i = 0; i < n; i++)
			take_event(l, events[i].data.ptr);
		turn_wheel(l);
	}
	pthread_mutex_lock(&l->lock);
	l->watching = false;
	pthread_cond_broadcast(&l->gone);
	pthread_mutex_unlock(&l->lock);
}

int lobby_start(struct lobby *l, struct why *why)
{
	struct epoll_event e = { .events = EPOLLIN, .data.ptr = &l->waker_kind };
	int r;

	l->waker_kind = KIND_WAKER;
	l->epoll = epoll_create1(EPOLL_CLOEXEC);
	l->waker = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (l->epoll < 0 || l->waker < 0 || epoll_ctl(l->epoll, EPOLL_CTL_ADD, l->waker, &e) < 0)
		return why_set(why, -errno, "lobby: %m");
	l->tick = clock_now_ms() / TICK_MS;
	for (size_t i = 0; i < l->n_listeners; i++)
		watch_listener(l, &l->listeners[i]);
	r = add_thread(l, why);
	if (r < 0)
		return r;
	l->watching = true;
	r = proc_thread(watch, l, why);
	if (r < 0)
		l->watching = false;
	return r;
}

static void wake(struct lobby *l)
{
	uint64_t one = 1;

	(void)!write(l->waker, &one, sizeof(one)); /* full: it is awake already */
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
	wake(l);
	if (!wait_until(l, deadline_in(grace_ms), is_empty)) {
		l->hurry = true;
		wake(l);
		(void)wait_until(l, deadline_in(HURRY_MS), is_empty);
	}
	left = is_empty(l);
	if (left) {
		l->over = true;
		wake(l);
		pthread_cond_broadcast(&l->work);
		left = wait_until(l, deadline_in(HURRY_MS), is_dark);
	}
	pthread_mutex_unlock(&l->lock);
	return left;
}

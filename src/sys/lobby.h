/* sys/lobby.h - where connections wait, so that only those with something to do cost a
 * thread.
 *
 * One epoll holds listeners and idle guests. A guest that can be read is given to a pool
 * of threads, where step() talks to it in straight lines for one burst and then parks it
 * again. A thread that has just served a guest stays with it for LOBBY_LINGER_MS when no
 * other guest needs the thread: a quick dialogue then goes on without passing here.
 *
 * Input    hostile peers.
 * Memory   a guest is one block: what is needed here, and guest_size bytes of the
 *          owner's. Stream buffers belong to the threads and are lent for a step. Input
 *          that step() has left (the start of a line) is kept for the next one.
 * Limits   threads; LOBBY_LEFT_MAX bytes left behind by a step, LOBBY_IN_BYTES by one that
 *          rests. The number of guests is the owner's to limit in arrive(). A rest ends up to
 *          two seconds late.
 * Threads  all handlers run in many threads, for one guest never in two at once.
 * Errors   negative errno and a why, at the start only.
 */
#ifndef SYS_LOBBY_H
#define SYS_LOBBY_H

#include "base/ip.h"
#include "sys/stream.h"

enum {
	LOBBY_IN_BYTES = 64 << 10,
	LOBBY_OUT_BYTES = 16 << 10,
	LOBBY_LEFT_MAX = 4096,
	LOBBY_LINGER_MS = 10,
	LOBBY_LISTENERS_MAX = 64,
	LOBBY_WAKE_MS = 30000, /* in which a guest that has rested must take what it is told */
};

enum lobby_next {
	LOBBY_CLOSE,
	LOBBY_PARK,
	LOBBY_PARK_BUSY, /* in the middle of something: when stopping it may finish */
	LOBBY_REST,	 /* no more is heard of it until *ret_until: then step() goes on */
};

enum lobby_expiry {
	LOBBY_IDLE,	/* the deadline has passed */
	LOBBY_STOPPING, /* lobby_stop */
};

struct lobby_handlers {
	void *ctx;
	size_t guest_size; /* of the owner's part of a guest, zeroed */
	/* A connection has come to the listener with that tag. False: ret_farewell is sent as it
	 * is, and it is closed without leave(). Must not wait. */
	bool (*arrive)(void *ctx, void *guest, size_t tag, struct ip ip, uint16_t port,
		       str *ret_farewell);
	/* At once after arrive(), then whenever more bytes have come. Parks only when it has
	 * flushed, and has taken all input but for an incomplete line. *ret_until is when to
	 * stop waiting. Who is told to rest keeps its input, and is not seen to leave before. */
	enum lobby_next (*step)(void *ctx, void *guest, struct stream *s, deadline *ret_until);
	/* Last words to a guest that is closed after it. */
	void (*expire)(void *ctx, void *guest, struct stream *s, enum lobby_expiry why);
	/* Always last; the socket is closed after it. */
	void (*leave)(void *ctx, void *guest, struct stream *s);
};

struct lobby;

struct lobby *lobby_new(const struct lobby_handlers *h, size_t threads) must_use;
/* Swallows a listening socket, non-blocking. Before lobby_start. The tag is the owner's. */
void lobby_listen(struct lobby *l, int fd, size_t tag);
int lobby_start(struct lobby *l, struct why *why) must_use;
/* No more arrivals; idle guests expire now, busy ones when grace is over. Returns whether
 * everyone has left. */
bool lobby_stop(struct lobby *l, int64_t grace_ms);
/* Only after lobby_stop answered true, or without a lobby_start. */
struct lobby *lobby_free(struct lobby *l);
/* Guests inside at this moment. */
size_t lobby_guests(struct lobby *l);

#endif

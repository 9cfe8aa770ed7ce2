/* sys/lanes.h - the lanes from one process to another.
 *
 * A lane is one chan on which one question at a time is asked and answered, so code on
 * both sides is a straight line and one slow question holds up nobody else. The asking
 * process keeps its idle lanes in a pool; the answering one has a thread per lane.
 * When a process dies its lanes end; the supervisor sends new ones. So it does for a lane
 * that was closed because its answer was late (lanes_on_lost).
 *
 * Memory   a pool owns its idle lanes; a taken lane belongs to the taker until given back.
 * Limits   as many questions in flight as lanes; more wait, until their deadline.
 * Threads  internally locked.
 * Errors   lanes_ask: -ETIMEDOUT, -EPIPE and so on: the other process could not answer;
 *          the lane is then closed, never used again. -EMSGSIZE: the question is above its
 *          limits and was not sent; the lane stays.
 */
#ifndef SYS_LANES_H
#define SYS_LANES_H

#include "sys/chan.h"

struct lanes;

struct lanes *lanes_new(enum process me, enum process peer) must_use;
/* Closes the idle lanes; none may be in use. */
struct lanes *lanes_free(struct lanes *l);
/* A late answer must not be taken for that of the next question, so its lane is closed; lost
 * is then called, from the asker's thread, to have a new one made. */
void lanes_on_lost(struct lanes *l, void (*lost)(void *ctx, enum process peer), void *ctx);
/* Swallows fd, and closes idle lanes that have ended. id is told to the lane's user (the
 * worker's number, 0 when there is none). */
void lanes_add(struct lanes *l, int fd, uint64_t id);
/* NULL when none became free before the deadline. */
struct chan *lanes_take(struct lanes *l, deadline d, uint64_t *ret_id) must_use;
/* One that is idle now, of more than spare; those are left to others. NULL when there is none. */
struct chan *lanes_take_spared(struct lanes *l, size_t spare, uint64_t *ret_id) must_use;
void lanes_give(struct lanes *l, struct chan *c, uint64_t id);
/* Instead of lanes_give, when the question ended in error (a negative errno). */
void lanes_close(struct lanes *l, struct chan *c, int error);
/* take, ask, give (or close on failure). A question on a lane whose process has died in
 * the meantime is asked again on another one: nobody has answered it. */
int lanes_ask(struct lanes *l, const struct msg *question, enum msg_type want, struct arena *a,
	      deadline d, struct msg *ret, struct why *why) must_use;
/* The same, where the other side counts its time from when it is asked: the answer may come
 * answer_ms after that, however long a lane was waited for, at most until lane_by. */
int lanes_ask_within(struct lanes *l, const struct msg *question, enum msg_type want,
		     struct arena *a, deadline lane_by, int64_t answer_ms, struct msg *ret,
		     struct why *why) must_use;

/* Sends a message that has no answer. It may be lost with the other process. -ETIMEDOUT: no lane
 * had room for it before the deadline. */
int lanes_tell(struct lanes *l, const struct msg *m, deadline d, struct why *why) must_use;

/* Of the arena of one answer: who spends more ends the process. */
enum { LANES_ARENA_BYTES = 128 << 20 };
/* Answers one message on a lane; returns 0, or negative to close the lane. The arena and
 * the message end after the call. */
typedef int lanes_answer_fn(void *ctx, struct chan *c, struct msg *m, struct arena *a);
/* Serves fd (swallowed) in a new thread until its peer goes away. */
int lanes_serve(int fd, enum process me, enum process peer, lanes_answer_fn *answer, void *ctx,
		struct why *why) must_use;

#endif

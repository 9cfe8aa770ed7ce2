/* sys/proc.h - how every process but the supervisor begins and ends.
 *
 *   int main(int argc, char **argv)
 *   {
 *       struct proc *p = proc_enter(PROCESS_STORE, argc, argv);   config, lanes, descriptors
 *       ... open what must be opened ...
 *       sandbox_enter(&spec)                                      rights gone for good
 *       ... make the services ...
 *       proc_run(p, &handlers);                                   serve until told to stop
 *   }
 *
 * The supervisor starts it by fork and exec with the control socket as descriptor 3.
 *
 * Input    trusted: the supervisor.
 * Memory   a proc lives as long as the process.
 * Threads  proc_run is the main thread; handlers run in it.
 * Errors   before service: logged, exit status 1. The supervisor gone: exit.
 */
#ifndef SYS_PROC_H
#define SYS_PROC_H

#include "sys/chan.h"

struct proc;

/* Waits for the supervisor's config, resources and lanes up to "start". */
struct proc *proc_enter(enum process me) must_use;
/* The text of conf_text_encode; valid until the next reload. */
str proc_config(const struct proc *p);
/* A named descriptor (listeners may repeat: index 0, 1, ...), or -1; the caller owns it.
 * ret_arg may be NULL. */
int proc_take_resource(struct proc *p, const char *name, str *ret_arg);

/* For a process that serves one lane in its only thread: says ready and waits for the lane.
 * -1 when the supervisor has gone or says stop. */
int proc_wait_lane(struct proc *p);
/* Then waits until that lane can be read, and listens to the supervisor meanwhile. */
enum proc_work {
	PROC_WORK,   /* something came on the lane, or it has ended */
	PROC_RELOAD, /* proc_config has changed */
	PROC_LEAVE,  /* the supervisor has gone or says stop */
};
enum proc_work proc_wait_work(struct proc *p, int lane_fd) must_use;

struct proc_handlers {
	void *ctx;
	/* A new lane: serve it (serve true) or add it to the pool for peer. */
	void (*lane)(void *ctx, enum process peer, bool serve, int fd, uint64_t id);
	/* proc_config has changed; nothing may fail here: it was checked before. May be NULL. */
	void (*reload)(void *ctx, str config);
	/* Stop taking new work and finish within grace; then proc_run returns. May be NULL. */
	void (*stop)(void *ctx, int64_t grace_ms);
};

/* Hands over the lanes received so far, says ready, and serves the supervisor until it says
 * stop; then ends the process, whose other threads may still be at work. */
__attribute__((noreturn)) void proc_run(struct proc *p, const struct proc_handlers *h);
/* Asks the supervisor to kill the worker behind lane id. Any thread. */
void proc_kill_worker(struct proc *p, uint64_t id, const char *why);

/* Asks the supervisor for a lane to peer in place of one that was closed: for lanes_on_lost,
 * proc is the struct proc. Any thread. */
void proc_lane_lost(void *proc, enum process peer);

/* A detached thread with a 256 KiB stack and all signals blocked. */
int proc_thread(void (*run)(void *ctx), void *ctx, struct why *why) must_use;

#endif

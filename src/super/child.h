/* super/child.h - one process of the gateway as its supervisor sees it.
 *
 * Input    trusted: the configuration. What children say on the control socket is decoded
 *          by sys/chan and holds two messages only: ready and kill_worker.
 * Memory   the struct is the supervisor's; child_stop_watching closes the control socket.
 * Threads  the supervisor is single-threaded, so fork is safe.
 * Errors   negative errno and why.
 */
#ifndef SUPER_CHILD_H
#define SUPER_CHILD_H

#include "conf/conf.h"
#include "sys/chan.h"

#include <sys/types.h>

struct child {
	enum process what;
	uint64_t id;	      /* counts starts over the supervisor's life: names one worker */
	pid_t pid;	      /* 0: not running */
	struct chan *control; /* NULL: not running */
	bool ready, told_stop;
	bool failed;	    /* has died, in any of its lives */
	int64_t started_ms; /* when a start was last tried */
	int64_t served_ms;  /* when it was last seen to serve */
	/* To each peer, in this life, for answers that came too late. */
	uint64_t lanes_remade[PROCESS_COUNT];
	unsigned quick_deaths;	   /* in a row: lived less than CHILD_QUICK_MS */
	deadline start_at;	   /* when not running */
	int metrics, metrics_read; /* what it counts in (sys/metrics.h), for all its lives; or -1 */
};

enum { CHILD_QUICK_MS = 1000, CHILD_MAX_DELAY_MS = 10000, CHILD_SEND_MS = 5000 };
/* A process may lose so many lanes to another, and one a second besides; more is no bad luck. */
enum { CHILD_LANES_SPARE = 1024 };

/* Forks and executes PROGRAMS/poterne-WHAT in a session of its own with the control socket
 * as descriptor 3, standard error for the log, and no other descriptor of ours. */
int child_start(struct child *c, uint64_t id, const struct conf *conf, struct why *why) must_use;
/* Notes that it has said so. */
void child_serves(struct child *c);
/* Notes that it has died and when it may start again. */
void child_died(struct child *c);
/* Sends without waiting for ever; a child that does not listen is killed. */
int child_tell(struct child *c, const struct msg *m, struct why *why) must_use;
/* Kills it and speaks to it no more; child_died is for when that has been seen. */
void child_kill(struct child *c);

/* Starts PROGRAMS/NAME with these arguments (NULL-ended, argv[0] included) and input (may be
 * -1) as its standard input; returns its pid, for waitpid and child_tool_result. */
pid_t child_start_tool(const struct conf *conf, const char *name, char *const argv[], int input,
		       struct why *why) must_use;
/* What waitpid told of a tool: its exit status, or a negative errno. */
int child_tool_result(const char *name, int status, struct why *why) must_use;
/* Both, with the wait between: only before service. */
int child_run_tool(const struct conf *conf, const char *name, char *const argv[], int input,
		   struct why *why) must_use;

/* Serves one conductor, one question at a time, for life; may be killed by what it looks at. */
bool child_is_worker(enum process what);
/* False: mail passes without it, and may not stop because it cannot start. */
bool child_is_needed(enum process what);
/* Who may see which keys (conf_text_encode). */
unsigned child_audience(enum process what);

#endif

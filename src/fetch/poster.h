/* fetch/poster.h - tells targets of the administrator of messages, by POST of a line of JSON
 * (conf/exportrow.h): those that wait are tried again, each target in its own order.
 *
 * Input    poterne-scan; answers of the target's server, of which the status counts.
 * Memory   a posting has its own until it is told or given up; the struct lives as long as the
 *          process.
 * Limits   POSTER_WAITING postings and POSTER_BYTES for each target, POSTER_AGE_MS, POSTER_MS for
 *          one attempt.
 * Threads  poster_put from any; poster_run is a thread of its own for all targets: one that is slow
 *          delays the others by one attempt, then by none until its pause is over.
 * Errors   poster_prepare: negative errno and a why. What is given up is logged and counted.
 */
#ifndef FETCH_POSTER_H
#define FETCH_POSTER_H

#include "conf/exportrow.h"
#include "fetch/httpget.h"

#include <pthread.h>

enum {
	POSTER_WAITING = 1000,
	POSTER_BYTES = 64 << 20,
	POSTER_ONE_MAX = 512 << 20,
	POSTER_AGE_MS = 3600 * 1000,
	POSTER_MS = 10 * 1000,
	POSTER_PAUSE_MS = 2 * 1000, /* after the first failure; then twice as long */
	POSTER_PAUSE_MAX_MS = 5 * 60 * 1000,
};

/* Asks one server: httpget_run over ways, or a world of one's own for tests. */
typedef int poster_ask_fn(const void *ctx, struct arena *a, const struct httpget *q,
			  struct httpget_answer *ret, struct why *why);

struct posting {
	struct posting *next;
	struct arena *arena; /* that it lives in */
	str bytes;
	int64_t since;
};

struct poster_target {
	struct exportrow row;
	str ca, key;
	struct posting *first, **last;
	size_t n, bytes;
	int64_t not_before, pause;
};

struct poster {
	poster_ask_fn *ask;
	const void *ctx;
	struct poster_target targets[EXPORTROW_ROWS];
	size_t n;
	pthread_mutex_t lock;
	pthread_cond_t more;
};

/* ca: of who has no own. Keys and certificates are read here, before the sandbox closes. */
int poster_prepare(struct poster *p, const struct conf *conf, str ca, struct why *why) must_use;
/* False: there is no such target. */
bool poster_put(struct poster *p, str target, str bytes, int64_t now_ms);
/* One round over all targets: what is due is tried; the time of the next round. */
int64_t poster_round(struct poster *p, int64_t now_ms);
/* For ever; ctx is the struct poster. */
void poster_run(void *ctx);

/* By httpget_run; ctx is a struct httpget_ways. */
poster_ask_fn poster_by_http;

#endif

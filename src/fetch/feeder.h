/* fetch/feeder.h - all feeds of the configuration, each in its time, one after the other.
 *
 * Input    the configuration; certificates and keys are read once, before the sandbox.
 * Memory   the struct lives as long as the process.
 * Limits   FEEDER_FILE_MAX bytes of a file of the administrator; FEEDER_BUDGET of memory for one
 *          feed.
 * Threads  feeder_run is a thread of its own.
 * Errors   feeder_prepare: negative errno and why, with feed and file. Afterwards it logs.
 */
#ifndef FETCH_FEEDER_H
#define FETCH_FEEDER_H

#include "fetch/feedfetch.h"

enum { FEEDER_FILE_MAX = 8 << 20, FEEDER_KEY_MAX = 4096 };
#define FEEDER_BUDGET ((size_t)16 << 30) /* RLIMIT_AS and feeds.max_bytes are the real bounds */

struct feeder {
	const struct conf *conf;
	struct feedfetch *feeds;
	size_t n;
	str ca; /* PEM certificates of tls.ca */
};

/* Reads what the feeds need of the administrator's files; home: where the feeds are once the
 * sandbox is closed. */
int feeder_prepare(struct feeder *f, const struct conf *conf, const char *home, struct why *why)
	must_use;
/* Files of the administrator: a header field that is sent, for root alone; PEM certificates. */
int feeder_read_key(struct arena *a, str path, str *ret, struct why *why) must_use;
int feeder_read_ca(struct arena *a, str path, str *ret, struct why *why) must_use;
void feeder_set_ways(struct feeder *f, struct dns_resolver dns);
/* NULL when there is none of that name. */
const struct feedfetch *feeder_find(const struct feeder *f, str name);
/* For ever; ctx is the struct feeder. */
void feeder_run(void *ctx);

#endif

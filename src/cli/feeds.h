/* cli/feeds.h - feeds from the command line: how they are, and one fetched now. It is fetched here,
 * with the rights that poterne-fetch has and no others, so the gateway need not run.
 *
 * Input    the caller's; what the state of a feed says is made printable.
 * Memory   in the caller's arena.   Limits  as fetch/feedfetch.h.   Threads  one at a time.
 * Errors   negative errno and a why; 1: a feed is stale, or could not be fetched.
 */
#ifndef CLI_FEEDS_H
#define CLI_FEEDS_H

#include "base/why.h"
#include "conf/conf.h"

int feeds_status(struct arena *a, const struct conf *conf, int64_t now, bool json, struct why *why)
	must_use;
/* Closes the sandbox: nothing else can be done in this process afterwards. */
int feeds_fetch(struct arena *a, const struct conf *conf, str name, bool json, struct why *why)
	must_use;

#endif

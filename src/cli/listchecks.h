/* cli/listchecks.h - questions about lists: who is on which, what is in them, how old they are.
 *
 * Input    the caller's; entries and notes of lists are made printable.
 * Memory   in the caller's arena.   Limits  none.   Threads  one at a time.
 * Errors   negative errno and a why.
 */
#ifndef CLI_LISTCHECKS_H
#define CLI_LISTCHECKS_H

#include "conf/conf.h"

/* 0: it is on a list, 1: on none. Says which, until when, why, and what rules make of it. */
int listchecks_say(struct arena *a, const struct conf *conf, str thing, int64_t now, bool json,
		   struct why *why) must_use;
/* A line for each list. */
int listchecks_show(struct arena *a, const struct conf *conf, int64_t now, bool json,
		    struct why *why) must_use;

#endif

/* smtp/tally.h - how much each of many strangers did lately, in memory of a fixed size: each thing
 * that is counted takes up its share of the time to come, and is forgotten when that has gone by.
 *
 * Input    keys are seeded hashes (map_hash) of what strangers choose.
 * Memory   a table of fixed size.
 * Limits   TALLY_SETS * TALLY_WAYS keys; one more takes the place of the one nearest to being
 *          forgotten among TALLY_WAYS.
 * Threads  internally locked.
 * Errors   cannot fail.
 */
#ifndef SMTP_TALLY_H
#define SMTP_TALLY_H

#include "base/defs.h"

#include <pthread.h>

enum { TALLY_SETS = 4096, TALLY_WAYS = 4 };

struct tally {
	pthread_mutex_t lock;
	struct tally_row {
		uint64_t key;
		int64_t until; /* clock_now_ms at which all is forgotten; 0: free */
	} rows[TALLY_SETS][TALLY_WAYS];
};

void tally_init(struct tally *t);
/* Milliseconds from now (clock_now_ms) on that are taken up; 0: nothing is known. */
int64_t tally_level(struct tally *t, uint64_t key, int64_t now) must_use;
/* Takes up so many more, max at most. */
void tally_add(struct tally *t, uint64_t key, int64_t share, int64_t max, int64_t now);

#endif

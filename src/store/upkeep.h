/* store/upkeep.h - the quiet threads of the store: one writes the history, one lets old
 * quarantine and history expire, one makes the spool's tombstones durable and gives its disk
 * space back, one writes what reports count, one what poterne replay reads.
 *
 * Memory   nothing is kept.      Limits  UPKEEP_BATCH rows at a time.
 * Threads  each function is one thread's life; ctx is a struct store.
 * Errors   logged; tried again later.
 */
#ifndef STORE_UPKEEP_H
#define STORE_UPKEEP_H

#include "store/store.h"

enum {
	UPKEEP_MS = 60000,
	UPKEEP_SPOOL_MS = 1000,
	UPKEEP_COUNTS_MS = 5000,
	UPKEEP_KEPT_MS = 1000,
	UPKEEP_BATCH = 500
};

void upkeep_history(void *store);
void upkeep_expiry(void *store);
void upkeep_spool(void *store);
void upkeep_counts(void *store);
void upkeep_kept(void *store);
/* What expires at that time (seconds since 1970). */
void upkeep_expire(struct store *s, int64_t now);

#endif

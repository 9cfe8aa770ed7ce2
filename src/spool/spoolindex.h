/* spool/spoolindex.h - which messages the spool has, and where: a table in memory, made
 * anew from the segments at each start.
 *
 * Input    ids from poterne-scan: hashes are seeded.
 * Memory   entries in an arena of its own, used again.
 * Limits   SPOOLINDEX_MAX messages, then spoolindex_add answers NULL.
 * Threads  the owner locks.
 * Errors   cannot fail but for the limit.
 */
#ifndef SPOOL_SPOOLINDEX_H
#define SPOOL_SPOOLINDEX_H

#include "spool/segments.h"
#include "spool/spoolid.h"

enum { SPOOLINDEX_MAX = 2000000 };

struct spoolindex_entry {
	struct list link; /* in its segment, or of the unused */
	struct spoolindex_entry *next;
	struct spool_id id;
	uint64_t body_hash;
	uint64_t ticket; /* of its commit; 0: durable since the start */
	struct place message, state;
};

struct spoolindex {
	struct arena *arena;
	struct spoolindex_entry **buckets;
	size_t n, n_buckets;
	uint64_t bytes; /* of all records of the entries: what is alive */
	struct list unused;
};

void spoolindex_init(struct spoolindex *x);
void spoolindex_end(struct spoolindex *x);
/* NULL when absent. */
struct spoolindex_entry *spoolindex_find(const struct spoolindex *x, struct spool_id id);
/* An id that is not there yet. NULL: too many. */
struct spoolindex_entry *spoolindex_add(struct spoolindex *x, struct spool_id id,
					const struct place *message) must_use;
void spoolindex_remove(struct spoolindex *x, struct spoolindex_entry *e);
/* Its newest records are elsewhere now. state may be nowhere. */
void spoolindex_move(struct spoolindex *x, struct spoolindex_entry *e, const struct place *message,
		     const struct place *state);

#endif

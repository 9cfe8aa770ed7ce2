/* learn/fuzzystore.h - what is learned of digests, in a directory: the file "fuzzy" beside those of
 * the classifier, and "fuzzy.lock".
 *
 * Whoever learns holds the lock; whoever judges needs the table only, which is replaced as a whole.
 * A damaged file is put aside as "fuzzy.broken" and said.
 *
 * Input    our own file, perhaps damaged; digests of hostile mail; files of other gateways.
 * Memory   in the arena.
 * Limits   FUZZYTABLE_MAX entries: those that were learned longest ago go.
 * Threads  one at a time.
 * Errors   negative errno and why; STATEDIR_E_* with why.
 */
#ifndef LEARN_FUZZYSTORE_H
#define LEARN_FUZZYSTORE_H

#include "base/map.h"
#include "learn/fuzzytable.h"
#include "learn/statedir.h"

struct fuzzystore {
	struct arena *arena;
	int dirfd, lockfd;
	ARENA_VEC(struct fuzzytable_entry *) v;
	struct map known;   /* kind and values -> its entry */
	struct why trouble; /* empty, or what was wrong with the file */
	bool changed;
};

/* Makes the directory and the lock when they are not there. */
int fuzzystore_open(struct fuzzystore *s, struct arena *a, const char *dir, struct why *why)
	must_use;
/* One message says that of a digest; fresh: it has not said it before, and so adds weight. Who
 * learned the other thing before is overruled. */
void fuzzystore_learn(struct fuzzystore *s, const struct fuzzy_digest *d, enum fuzzy_flag flag,
		      bool fresh, int64_t now);
/* The same of what a stranger chose to show, a spam trap's mail: it is believed as little as
 * another gateway, however often it is said, and overrules nothing. */
void fuzzystore_hear(struct fuzzystore *s, const struct fuzzy_digest *d, int64_t now);
void fuzzystore_forget(struct fuzzystore *s, const struct fuzzy_digest *d);
/* Adds what another gateway learned as spam or wanted, where nothing is known here. */
int fuzzystore_merge(struct fuzzystore *s, str table, int64_t now, struct why *why) must_use;
/* Writes the table, without what was learned before not_before; *ret_n is how many are left. */
int fuzzystore_commit(struct fuzzystore *s, uint32_t not_before, size_t *ret_n, struct why *why)
	must_use;
void fuzzystore_close(struct fuzzystore *s);

/* *map is the table's memory: fd_unmap ends it. */
int fuzzystore_load(const char *dir, str *ret_map, struct fuzzytable *ret, struct why *why)
	must_use;

#endif

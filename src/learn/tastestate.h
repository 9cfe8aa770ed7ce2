/* learn/tastestate.h - what single recipients taught, in a directory: the file "tastes" beside
 * those of the classifier.
 *
 * Whoever teaches holds the lock "tastes.lock"; whoever judges needs the table only, which is
 * replaced as a whole. A file that is damaged, or made with other features than the classifier's,
 * is put aside as "tastes.broken" and said.
 *
 * Input    our own file, perhaps damaged; features of hostile mail; addresses of who may teach.
 * Memory   in the arena.
 * Limits   those of learn/tastetable.h: who taught nothing for the longest time goes first.
 * Threads  one at a time.
 * Errors   negative errno and why; STATEDIR_E_* with why.
 */
#ifndef LEARN_TASTESTATE_H
#define LEARN_TASTESTATE_H

#include "base/map.h"
#include "learn/examples.h"
#include "learn/statedir.h"
#include "learn/tastetable.h"

struct tastestate_person {
	uint64_t who[2];
	ARENA_VEC(struct taste_lesson) lessons;
	bool speaks, changed;
};

struct tastestate {
	struct arena *arena;
	int dirfd, lockfd;
	uint64_t key;
	uint8_t secret[TASTETABLE_SECRET];
	struct map known; /* who -> his person */
	ARENA_VEC(struct tastestate_person *) people;
	struct why trouble; /* empty, or what was wrong with the file */
};

struct tastestate_counts {
	size_t people, lessons, speak;
};

/* key: of the features that are learned. Makes the directory and the lock when they are not
 * there. */
int tastestate_open(struct tastestate *s, struct arena *a, const char *dir, uint64_t key,
		    struct why *why) must_use;
/* A lesson of that recipient, or its end when kind is EXAMPLE_FORGOTTEN. logit: of the organisation
 * on the message, 0 when it is silent. */
enum examples_news tastestate_add(struct tastestate *s, str address, const struct features *f,
				  enum example_kind kind, double logit, int64_t at);
/* Forgets all that he taught; how much it was. */
size_t tastestate_forget(struct tastestate *s, str address);
/* Weighs the lessons of those who have new ones and writes the table. */
int tastestate_commit(struct tastestate *s, struct tastestate_counts *ret, struct why *why)
	must_use;
void tastestate_close(struct tastestate *s);

/* *map is the table's memory: fd_unmap ends it. */
int tastestate_load(const char *dir, str *ret_map, struct tastetable *ret, struct why *why)
	must_use;
struct tastestate_counts tastestate_count(const struct tastetable *t);

#endif

/* learn/learnstate.h - the classifier's two files in a directory: "examples", what was learned,
 * and "model", what was made of it.
 *
 * Whoever learns holds a lock; whoever judges needs the model only, which is replaced as a whole.
 * A damaged model is no model; a damaged file of examples is read up to the damage, one that is
 * none at all is put aside as "examples.broken".
 *
 * Input    our own files, perhaps damaged; features of hostile mail.
 * Memory   everything is in the arena, files are mapped: learnstate_close ends that.
 * Limits   EXAMPLES_MAX_BYTES.
 * Threads  one at a time.
 * Errors   negative errno and why; STATEDIR_E_* with why.
 */
#ifndef LEARN_LEARNSTATE_H
#define LEARN_LEARNSTATE_H

#include "base/strbuf.h"
#include "learn/statedir.h"
#include "learn/trainer.h"

struct learnstate {
	struct arena *arena;
	int dirfd, fd; /* fd: the locked file of examples */
	str file;      /* mapped */
	struct examples examples;
	struct strbuf fresh; /* records to be appended */
	struct why trouble;  /* empty, or what was wrong with the file */
};

/* Makes the directory and the file when they are not there. */
int learnstate_open(struct learnstate *s, struct arena *a, const char *dir, struct why *why)
	must_use;
enum examples_news learnstate_add(struct learnstate *s, const struct features *f,
				  enum example_kind kind, int64_t at);
/* Writes what is new, without what was learned before not_before, trains, and puts the model in
 * place. */
int learnstate_commit(struct learnstate *s, int64_t not_before, struct model *ret, struct why *why)
	must_use;
void learnstate_close(struct learnstate *s);

/* *map is the model's memory: fd_unmap ends it. */
int learnstate_load(const char *dir, str *ret_map, struct model *ret, struct why *why) must_use;

#endif

/* cli/fuzzylesson.h - what poterne learn teaches the store of digests (learn/fuzzystore.h), beside
 * the classifier: the same messages, in the same directory.
 *
 * Input    facts of hostile mail.   Memory  in the caller's arena.   Threads  one at a time.
 * Errors   negative errno and why; what was wrong with the old file is said on standard error.
 */
#ifndef CLI_FUZZYLESSON_H
#define CLI_FUZZYLESSON_H

#include "inspect/facts.h"
#include "learn/examples.h"
#include "learn/fuzzystore.h"

int fuzzylesson_open(struct fuzzystore *s, struct arena *a, const char *dir, struct why *why)
	must_use;
/* news: what the message was for the classifier. */
void fuzzylesson_add(struct fuzzystore *s, const struct facts *facts, enum example_kind kind,
		     enum examples_news news, int64_t now);
/* Of a spam trap's message. */
void fuzzylesson_hear(struct fuzzystore *s, const struct facts *facts, int64_t now);

/* Writes what was learned into a file, for another gateway; takes such a file over. *ret_n is how
 * many digests are in it, or are known then. */
int fuzzylesson_export(const char *dir, const char *file, size_t *ret_n, struct why *why) must_use;
int fuzzylesson_import(const char *dir, const char *file, size_t *ret_n, struct why *why) must_use;

#endif

/* rules/rules_cache.h - compiled expressions, kept in files from one start to the next.
 *
 * Compiling a few hundred expressions takes most of a second, ten thousand half a minute. A file is
 * named after all that went into it (the expressions, the version of vectorscan, the processor), so
 * none is ever stale; whoever may write the directory keeps it, everyone else only reads.
 *
 * Input    files of the administrator or of ourselves: one of another owner is not taken, nor one
 *          whose checksum is wrong.
 * Memory   the blob is in the arena.
 * Limits   RULES_CACHE_KEPT files; the oldest goes first.
 * Threads  any; files are replaced as a whole.
 * Errors   those of rules_compile; trouble with the files only means that it is compiled.
 */
#ifndef RULES_RULES_CACHE_H
#define RULES_RULES_CACHE_H

#include "rules/rules.h"

enum { RULES_CACHE_KEPT = 6 };

/* As rules_compile. */
int rules_cache_compile(struct arena *a, const struct conf *conf, const struct rules *r,
			str *ret_blob, struct why *why) must_use;
/* The same with a directory. *ret_found: nothing had to be compiled. */
int rules_cache_compile_in(struct arena *a, const char *dir, const struct rules *r, str *ret_blob,
			   bool *ret_found, struct why *why) must_use;

#endif

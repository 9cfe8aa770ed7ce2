/* audit/watchdir.h - watches a Maildir that the gateway, or what is behind it, delivers to.
 *
 * Messages that were there before the first look are shown as well: they may be of the run that
 * is taken up again. Nothing is moved or removed.
 *
 * Input    the directory is trusted, its messages are not.
 * Memory   names that were seen, in the caller's arena.
 * Limits   WATCHDIR_FILES files; as audit/watch.h.
 * Threads  one at a time.   Errors  negative errno and a why.
 */
#ifndef AUDIT_WATCHDIR_H
#define AUDIT_WATCHDIR_H

#include "audit/watch.h"

enum { WATCHDIR_FILES = 1 << 20 };

struct watch watchdir_new(struct arena *a, const char *path);

#endif

/* learn/statedir.h - the directory of what was learned: one writer at a time, each file whole.
 *
 * Input    a path of the administrator; files of our own, perhaps damaged.
 * Memory   a mapped file ends with fd_unmap.
 * Limits   the largest size of a file, given by who reads it.
 * Threads  one at a time for each lock, across processes.
 * Errors   a negative errno with the name of the file.
 */
#ifndef LEARN_STATEDIR_H
#define LEARN_STATEDIR_H

#include "base/fd.h"

/* What came of reading a file that learning writes. */
enum { STATEDIR_OK, STATEDIR_E_ABSENT, STATEDIR_E_BROKEN };

/* Makes the directory if there is none. The descriptor, or an error. */
int statedir_open(const char *dir, struct why *why);
/* Waits until nobody else holds the lock file of that name; held until the descriptor ends. */
int statedir_lock(int dirfd, const char *name, struct why *why);
/* A whole file under its name or none: written beside, flushed, renamed. ret_fd, open for reading
 * and writing, may be NULL. */
int statedir_replace(int dirfd, const char *name, str bytes, int *ret_fd, struct why *why);
/* STATEDIR_OK and the whole file, STATEDIR_E_ABSENT, or an error. */
int statedir_map(const char *dir, const char *name, size_t max, str *ret, struct why *why);

#endif

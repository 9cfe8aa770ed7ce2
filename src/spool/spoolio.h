/* spool/spoolio.h - what the spool asks of the disk, as a table, so that a test can take the
 * power away between any two calls and forget what was not synced.
 *
 * Input    trusted.   Memory  nothing is kept; descriptors are the caller's.
 * Limits   none.      Threads  any.
 * Errors   negative errno; -1 is never returned.
 */
#ifndef SPOOL_SPOOLIO_H
#define SPOOL_SPOOLIO_H

#include "base/defs.h"

#include <sys/types.h>
#include <sys/uio.h>

struct spoolio {
	void *ctx;
	/* A new file of that many zero bytes, with room on the disk for all of them; whatever
	 * had the name is removed. A descriptor to read and write. */
	int (*make)(void *ctx, int dirfd, const char *name, uint64_t size);
	/* As pread: may be short. */
	ssize_t (*read)(void *ctx, int fd, void *p, size_t n, uint64_t at);
	/* As pwritev: may be short. */
	ssize_t (*write)(void *ctx, int fd, const struct iovec *v, int n, uint64_t at);
	/* What was written to the file before the call is on disk after it. */
	int (*sync)(void *ctx, int fd);
	/* The same for the names in a directory. */
	int (*sync_names)(void *ctx, int dirfd);
	int (*rename)(void *ctx, int dirfd, const char *from, const char *to);
	int (*cut)(void *ctx, int fd, uint64_t size);
	int (*remove)(void *ctx, int dirfd, const char *name);
};

/* The real disk. */
extern const struct spoolio spoolio_disk;

/* All n bytes from offset at, or -EIO when the file ends before. */
int spoolio_read_all(const struct spoolio *io, int fd, void *p, size_t n, uint64_t at) must_use;
/* The same, but blocks of the disk that cannot be read are zeros, counted in *ret_lost. */
int spoolio_read_around(const struct spoolio *io, int fd, void *p, size_t n, uint64_t at,
			uint64_t *ret_lost) must_use;
/* All bytes of the vector, which is used up. n_bytes: their sum. */
int spoolio_write_all(const struct spoolio *io, int fd, struct iovec *v, int n, uint64_t at,
		      uint64_t n_bytes) must_use;

#endif

/* base/fd.h - file descriptors: owned, whole reads and writes, sealed memory.
 *
 * Memory   fd_map borrows the file; fd_unmap ends it.
 * Limits   given by the caller.
 * Threads  pure apart from the descriptor.
 * Errors   negative errno and a why.
 */
#ifndef BASE_FD_H
#define BASE_FD_H

#include "base/arena.h"
#include "base/why.h"

/* Takes -1. Returns -1. */
int fd_close(int fd);
void fd_closep(int *fd);

int fd_write_all(int fd, str data, struct why *why) must_use;
/* Whole file into the arena; -EFBIG above max bytes. */
int fd_read_all(int fd, struct arena *a, size_t max, str *ret, struct why *why) must_use;
/* Whole file by name. */
int fd_read_path(const char *path, struct arena *a, size_t max, str *ret, struct why *why) must_use;

/* Anonymous memory file; name is for /proc only. */
int fd_memfd(const char *name, struct why *why) must_use;
/* No one can change or shrink it any more, so others may map it safely. */
int fd_seal(int fd, struct why *why) must_use;
/* Its size is fixed for good; its bytes may still change. Sets errno. */
int fd_seal_size(int fd) must_use;
/* True only when the file can neither be written nor shrunk nor grown. */
bool fd_is_sealed(int fd);
/* Maps a sealed memfd, or any regular file of our own, read-only. Empty: p is "". */
int fd_map(int fd, size_t max, str *ret, struct why *why) must_use;
void fd_unmap(str *map);
void fd_unmapp(str *map);

/* The bytes of a sealed memfd: small ones are copied into the arena, which is cheaper than a
 * mapping that comes and goes; larger ones are mapped. */
enum { FD_VIEW_COPY_MAX = 64 << 10 };
struct fd_view {
	str bytes;
	bool mapped;
};
int fd_view_open(int fd, struct arena *a, size_t max, struct fd_view *ret, struct why *why)
	must_use;
void fd_view_closep(struct fd_view *v);

#endif

/* quarantine/zstdfile.h - bodies in and out of zstd (RFC 8878), streaming.
 *
 * Input    zstdfile_read: bytes from our disk, possibly damaged.
 * Memory   buffers in the arena; the library's contexts end with the call.
 * Limits   the caller's size: one byte more is ZSTDFILE_E_CORRUPT.
 * Threads  pure apart from the files.
 * Errors   negative errno and why.
 */
#ifndef QUARANTINE_ZSTDFILE_H
#define QUARANTINE_ZSTDFILE_H

#include "base/why.h"
#include "mail/bodyparts.h"

enum { ZSTDFILE_OK, ZSTDFILE_E_CORRUPT };
enum { ZSTDFILE_SKIP_HEAD = 8 };

/* The head of a skippable frame (RFC 8878 3.1.2) of n bytes. */
void zstdfile_skip_head(uint32_t n, char ret[ZSTDFILE_SKIP_HEAD]);
/* Appends the pieces to fd as one frame. */
int zstdfile_write(int fd, struct arena *a, const struct bodyparts *body, struct why *why) must_use;
/* Writes what the frame in holds, exactly size bytes, to fd. */
int zstdfile_read(str in, struct arena *a, uint64_t size, int fd, struct why *why) must_use;

#endif

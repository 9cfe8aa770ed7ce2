/* spool/spoolfile.h - the files themselves: a framed spoolmeta, then the body. The
 * quarantine uses the same head.
 *
 * Input    files on our disk, possibly torn.
 * Memory   what is read lives in the caller's arena.
 * Limits   FRAME_MAX bytes of head, SPOOLFILE_STATE_MAX bytes of sidecar.
 * Threads  pure apart from the files.
 * Errors   negative errno and why; SPOOLFILE_E_CORRUPT with why: not what was written.
 */
#ifndef SPOOL_SPOOLFILE_H
#define SPOOL_SPOOLFILE_H

#include "base/why.h"
#include "mail/bodyparts.h"
#include "spool/spoolmeta.h"
#include "spool/spoolstate.h"

/* Kind and version in one. */
#define SPOOLFILE_MESSAGE "POTSPOL1"
#define SPOOLFILE_HELD "POTHELD1"
#define SPOOLFILE_STATE_SUFFIX ".state"

enum {
	/* The smaller of the two stays free, so that the rest of the machine lives on. */
	SPOOLFILE_RESERVE_BYTES = 64 << 20,
	SPOOLFILE_RESERVE_PERCENT = 1,
	SPOOLFILE_RESERVE_INODES = 100,
};
enum { SPOOLFILE_OK, SPOOLFILE_E_CORRUPT };
enum { SPOOLFILE_STATE_MAX = 1 << 20, SPOOLFILE_NAME = SPOOLID_MAX + 16 };

/* Opens a directory below dirfd; makes it, durably, when it is not there. */
int spoolfile_dir(int dirfd, const char *name, struct why *why) must_use;

/* -ENOSPC when bytes more would use up the reserve of the file system that fd is on. */
int spoolfile_check_space(int fd, uint64_t bytes, struct why *why) must_use;

/* The framed head. False when a field is above its limit. */
bool spoolfile_head(struct arena *a, const char *magic, const struct spoolmeta *m, str *ret)
	must_use;
/* Head and body at the start of fd. */
int spoolfile_write(int fd, str head, const struct bodyparts *body, struct why *why) must_use;
/* The head that starts at offset at; *ret_end is the offset behind it. */
int spoolfile_read_head(int fd, uint64_t at, struct arena *a, const char *magic,
			struct spoolmeta *ret, uint64_t *ret_end, struct why *why) must_use;
/* The same for bytes in memory; the meta points into in. */
int spoolfile_decode_head(str in, struct arena *a, const char *magic, struct spoolmeta *ret,
			  uint64_t *ret_end, struct why *why) must_use;
/* The file is as long as its head says, which ends at end. */
int spoolfile_check_size(int fd, uint64_t end, const struct spoolmeta *m, struct why *why) must_use;
/* The body of meta->body_size bytes at offset has its checksum. */
int spoolfile_check_body(int fd, uint64_t offset, const struct spoolmeta *m, struct why *why)
	must_use;

#endif

/* records/daybook.h - a diary of opaque records that nobody's mail depends on: written many at a
 * time, compressed, forgotten after some days or when it takes too much room.
 *
 *   replay/20261122-ID.zst   zstd frames (RFC 8878), each a block of records: a u32 length,
 *                            little-endian, and its bytes; zstd -dc shows them all
 *
 * A file belongs to one day and one run of the program, so what a crash tore off is at the end of
 * a file that nobody goes on with. Nothing is synced.
 *
 * Input    records of poterne-scan, opaque; files on our disk, possibly damaged.
 * Memory   two blocks; what is read is in the caller's arena.
 * Limits   DAYBOOK_RECORD bytes a record, DAYBOOK_PENDING waiting: more are dropped, counted.
 * Threads  internally locked: any number of each.
 * Errors   negative errno and why; adding cannot fail.
 */
#ifndef RECORDS_DAYBOOK_H
#define RECORDS_DAYBOOK_H

#include "base/arena.h"
#include "base/why.h"

#include <pthread.h>

enum {
	DAYBOOK_RECORD = 1 << 20,
	DAYBOOK_BLOCK = 256 << 10, /* a frame: more compress hardly better */
	DAYBOOK_PENDING = 8 << 20,
	DAYBOOK_FILE = 64 << 20,  /* then the next file of that day begins */
	DAYBOOK_CHUNK = 32 << 20, /* of records read at once */
	DAYBOOK_NAME = 64,
	DAYBOOK_WAIT_S = 30,
};

struct daybook {
	pthread_mutex_t lock, writer; /* writer is taken first */
	struct arena *pending;	      /* what the next write takes; swapped under the lock */
	char *bytes;		      /* in it */
	size_t n, cap;
	uint64_t dropped; /* since last asked */
	int dir_fd;
	/* the writer's */
	int fd;
	int64_t day, written; /* when something was last written */
	uint64_t size;
};

/* Opens or makes that directory below dirfd. */
int daybook_open(struct daybook *d, int dirfd, const char *name, struct why *why) must_use;
void daybook_close(struct daybook *d);

void daybook_add(struct daybook *d, str record);
/* Writes what waits; unless all is wanted, only when it is a block, or has waited for
 * DAYBOOK_WAIT_S. *ret_dropped: records that had no room since the last call. */
int daybook_write(struct daybook *d, int64_t now, bool all, uint64_t *ret_dropped, struct why *why)
	must_use;
/* Removes files of days before that one (days since 1970), and the oldest while all together
 * are above max bytes. */
int daybook_expire(struct daybook *d, int64_t before_day, uint64_t max, struct why *why) must_use;

struct daybook_file {
	char name[DAYBOOK_NAME];
	int64_t day;
	uint64_t size;
};
/* In the order of time. */
int daybook_list(struct daybook *d, struct arena *a, struct daybook_file **ret, size_t *ret_n,
		 struct why *why) must_use;
/* Whole blocks of records from offset on, about DAYBOOK_CHUNK bytes of them; *ret_next is where to
 * go on, the same offset at the end, or at bytes that are no frame. -ENOENT: no such file. */
int daybook_read(struct daybook *d, struct arena *a, str name, uint64_t offset, str *ret,
		 uint64_t *ret_next, struct why *why) must_use;

#endif

/* spool/segmentscan.h - walks the records of one segment at start.
 *
 * A damaged stretch is reported as such and passed over: to the end of the record when its
 * header is whole, else to the next whole header. A stretch of zeros at the end of the file
 * was never written and is the end.
 *
 * Input    a file on our disk, possibly torn or altered anywhere.
 * Memory   one window in the caller's arena; heads are valid until the next call.
 * Limits   linear in the size of the file; bodies are not read, except when damaged.
 * Threads  one at a time.
 * Errors   negative errno, but for single blocks of the disk, see lost.
 */
#ifndef SPOOL_SEGMENTSCAN_H
#define SPOOL_SEGMENTSCAN_H

#include "base/arena.h"
#include "spool/spoolio.h"
#include "spool/spoolrecord.h"

enum segmentscan_kind {
	SEGMENTSCAN_END,
	SEGMENTSCAN_RECORD,
	SEGMENTSCAN_DAMAGE, /* bytes that are no record */
	SEGMENTSCAN_HOLE,   /* zeros with records behind them */
};

struct segmentscan_item {
	uint64_t at, end;
	struct spoolrecord record; /* of a record */
	str head;		   /* of a record */
};

struct segmentscan {
	const struct spoolio *io;
	int fd;
	uint64_t mark, at, size;
	uint64_t lost; /* bytes that the disk could not read; they count as zeros */
	char *window;
	uint64_t window_at;
	size_t window_n;
};

/* Reads the segment's header, either copy. False in *ret_known: both are damaged, or the
 * file is too short to have them. */
int segmentscan_open(struct segmentscan *s, const struct spoolio *io, int fd, uint64_t size,
		     struct arena *a, bool *ret_known) must_use;
/* An enum segmentscan_kind; at the end *ret is where the last item ended. */
int segmentscan_next(struct segmentscan *s, struct segmentscan_item *ret) must_use;

#endif

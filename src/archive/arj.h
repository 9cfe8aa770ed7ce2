/* archive/arj.h - the members of an ARJ archive (ARJ's own technical description).
 *
 * Methods 1 to 3 pack like LHA's -lh7-, with a smaller window: arj_as_lha wraps a member
 * so that a reader of LHA unpacks it.
 *
 * Input    hostile.   Memory  names and data point into the input.
 * Limits   linear.    Threads  pure.
 * Errors   arj_next false at the end or where the archive breaks off (ret_broken).
 */
#ifndef ARCHIVE_ARJ_H
#define ARCHIVE_ARJ_H

#include "base/arena.h"

enum { ARJ_STORED = 0, ARJ_LAST_LHA = 3 };

struct arj_member {
	str name;
	uint8_t method;
	bool encrypted;
	bool is_file; /* no folder, no label */
	bool is_cut;  /* goes on in another volume */
	str data;     /* packed */
	uint32_t size, crc;
};

/* *at starts as 0. */
bool arj_next(str bytes, size_t *at, struct arj_member *ret, bool *ret_broken) must_use;
/* An LHA archive with that one member, for methods 1 to ARJ_LAST_LHA. Its check sum is not
 * right: that of the content is ret->crc, a CRC-32. */
str arj_as_lha(struct arena *a, const struct arj_member *m) must_use;

#endif

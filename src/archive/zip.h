/* archive/zip.h - what a zip file says of itself, and where it contradicts itself
 * (APPNOTE 4.3). Nothing is unpacked here.
 *
 * A zip file lists its members twice: each member has a header of its own, and the
 * directory at the end names them all. Programs believe one or the other, start at the
 * first or at the last end record, and skip what stands between. zip_examine compares
 * all of that; what is listed twice in the same bytes is a bomb that is known before a
 * single byte was unpacked.
 *
 * Input    hostile.   Memory  the arena; names point into the input.
 * Limits   ZIP_MEMBERS_MAX members; n log n in their number, linear in bytes.
 * Threads  pure.      Errors  zip_open false: no directory; oddities are flags.
 */
#ifndef ARCHIVE_ZIP_H
#define ARCHIVE_ZIP_H

#include "base/arena.h"

enum { ZIP_MEMBERS_MAX = 70000, ZIP_UNLISTED_MAX = 8, ZIP_RENAMED_MAX = 16 };

enum zip_flags {
	ZIP_OVERLAP = 1 << 0,	     /* members share bytes */
	ZIP_DIFFERENT = 1 << 1,	     /* the two headers of a member disagree */
	ZIP_UNLISTED = 1 << 2,	     /* a member that the directory does not name */
	ZIP_TWO_ENDS = 1 << 3,	     /* a second directory or end record */
	ZIP_PREPENDED = 1 << 4,	     /* bytes before the first member */
	ZIP_APPENDED = 1 << 5,	     /* bytes behind the end record and its comment */
	ZIP_DUPLICATE = 1 << 6,	     /* two members of the same name */
	ZIP_NAME_NUL = 1 << 7,	     /* a name with a NUL byte */
	ZIP_HALF_ENCRYPTED = 1 << 8, /* one header says encrypted, the other does not */
	ZIP_NO_MEMBER = 1 << 9,	     /* the directory points to no member */
	ZIP_CUT = 1 << 10,	     /* the directory ends early, or has too many members */
	ZIP_NO_FILE = 1 << 11,	     /* a folder or a link that has the content of a file */
};

struct zip {
	str bytes;
	size_t before;	  /* bytes in front of what offsets count from */
	size_t directory; /* where it begins */
	size_t end;	  /* of the end record's comment */
	uint64_t members; /* as the end record counts them */
};

struct zip_member {
	str name;
	uint16_t flags, method;
	uint32_t crc;
	uint64_t packed, size;
	uint32_t attributes; /* those of DOS, and above 16 bits the mode of Unix */
	uint64_t at;	     /* of its own header, in bytes */
};

struct zip_report {
	uint32_t flags; /* enum zip_flags */
	uint32_t members;
	uint64_t unpacked;		   /* sum of what the directory promises */
	str example;			   /* the first name something is wrong with */
	size_t unlisted[ZIP_UNLISTED_MAX]; /* where such members begin */
	uint32_t unlisted_n;
	str renamed[ZIP_RENAMED_MAX]; /* the directory's names of members called otherwise */
	uint32_t renamed_n;
};

bool zip_open(str bytes, struct zip *ret) must_use;
/* The members of the directory in order; *at starts as 0. */
bool zip_next(const struct zip *z, size_t *at, struct zip_member *ret) must_use;
void zip_examine(struct arena *a, const struct zip *z, struct zip_report *ret);
/* A copy that says of no member that it is encrypted. */
str zip_without_encryption(struct arena *a, const struct zip *z) must_use;

#endif

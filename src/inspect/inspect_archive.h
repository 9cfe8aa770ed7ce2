/* inspect/inspect_archive.h - what the files that open archives share.
 *
 * inspect_archive.c reads members by libarchive; inspect_zip.c looks at a zip file's own
 * contradictions first; inspect_listed.c reads what libarchive does not know;
 * inspect_locked.c comes back to what needs a password when the whole message was read.
 *
 * Input    hostile.   Memory  members in short-lived arenas.
 * Limits   members, bytes, ratio, depth: each has its own finding.
 * Threads  one walk at a time.   Errors  none: facts.
 */
#ifndef INSPECT_ARCHIVE_H
#define INSPECT_ARCHIVE_H

#include "inspect/inspect_private.h"

struct archive;
struct archive_entry;

/* One archive that is being read. */
struct unpack {
	struct walk *w;
	struct archive *archive;
	str bytes;
	uint32_t index; /* the archive's own part */
	uint32_t depth;
	uint32_t number;   /* of the last member */
	uint32_t before;   /* members of other readings of the same bytes */
	uint32_t pictures; /* of a document, that were looked at */
	uint64_t unpacked;
	struct magic magic;
	struct locked *locked; /* what needs a password */
	bool again;	       /* with a password: only what was locked is read */
	bool locally;	       /* by the members' own headers, not by the directory */
	bool has_locked;
	bool stop;
};

/* Goes through u->bytes; password is a C string or NULL. */
void inspect_archive_read(struct unpack *u, const char *password);
/* Reads the first locked member to its end; false: wrong password, or damaged. */
bool inspect_archive_try(struct unpack *u, const char *password) must_use;
/* The next member with its name, or WALK_NO_PART at the limit. */
uint32_t inspect_archive_add(struct unpack *u, str name);
/* Content of a member that was unpacked already; a limit may refuse it. */
void inspect_archive_member(struct unpack *u, uint32_t part, str bytes);
bool inspect_archive_spend(struct unpack *u, uint32_t part, size_t more) must_use;
void inspect_archive_unreadable(struct unpack *u, uint32_t part, str why);
/* A member nobody can read without a password. */
void inspect_archive_locked(struct unpack *u, uint32_t part);

/* inspect_zip.c: in every way it can be read. */
void inspect_zip_open(struct unpack *u);
/* inspect_listed.c: ARJ and ACE. */
void inspect_listed_open(struct unpack *u);

#endif

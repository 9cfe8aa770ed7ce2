/* spool/spoolread.h - messages, states and damaged stretches read back from a segment.
 *
 * Nothing is mapped: a bad sector is an error here, not the end of the process.
 *
 * Input    a file on our disk, possibly altered: everything is checked.
 * Memory   what is read lives in the caller's arena; bodies in sealed memory files, each with
 *          the bytes of one message only.
 * Limits   FRAME_MAX bytes of head.
 * Threads  any; the caller keeps the segment from being closed.
 * Errors   negative errno and why; SPOOLREAD_E_CORRUPT and why: not what was written.
 */
#ifndef SPOOL_SPOOLREAD_H
#define SPOOL_SPOOLREAD_H

#include "spool/segments.h"
#include "spool/spoolmeta.h"
#include "spool/spoolstate.h"

enum { SPOOLREAD_OK, SPOOLREAD_E_CORRUPT };
enum { SPOOLREAD_ID_HEAD = 4 + SPOOLID_MAX };

/* The envelope at that place. *ret_body: as much of the body as came with it. */
int spoolread_head(const struct spoolio *io, const struct place *p, struct arena *a,
		   struct spoolmeta *ret, str *ret_body, struct why *why) must_use;
/* A sealed memory file with the body. got: from spoolread_head. */
int spoolread_body(const struct spoolio *io, const struct place *p, struct arena *a,
		   const struct spoolmeta *m, str got, int *ret_fd, struct why *why) must_use;
/* The body has the checksum of m. */
int spoolread_check_body(const struct spoolio *io, const struct place *p, struct arena *a,
			 const struct spoolmeta *m, struct why *why) must_use;
/* The state of m at that place, or that of a message never tried. */
struct spool_state spoolread_state(const struct spoolio *io, const struct place *p, struct arena *a,
				   const struct spoolmeta *m);
/* The head of a state record. False: above FRAME_MAX. */
bool spoolread_state_head(struct arena *a, struct spool_id id, const struct spool_state *state,
			  str *ret) must_use;
/* The id that each head begins with, and that the head of a tombstone is. */
str spoolread_id_head(struct spool_id id, char buffer[SPOOLREAD_ID_HEAD]);
bool spoolread_id(str head, struct spool_id *ret) must_use;
/* Copies n bytes from offset at of fd to a new file of that name, or with a number behind it,
 * durably. What the disk cannot read is zeros. */
int spoolread_copy(const struct spoolio *io, int fd, uint64_t at, uint64_t n, int dirfd,
		   const char *name, struct why *why) must_use;

#endif

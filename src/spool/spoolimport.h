/* spool/spoolimport.h - takes over a spool of the former format, a file for each message:
 *
 *   spool/new/ID           never promised: removed
 *   spool/queue/ID         framed spoolmeta, then the body
 *   spool/queue/ID.state   framed spoolstate
 *
 * Input    files on our disk, possibly damaged: those are moved to spool/corrupt and reported.
 * Memory   nothing is kept.   Limits  linear in the number of files.
 * Threads  once, at the end of spool_open.
 * Errors   negative errno and why; what was taken over by then is found again, once.
 */
#ifndef SPOOL_SPOOLIMPORT_H
#define SPOOL_SPOOLIMPORT_H

#include "spool/spool.h"

/* spool_fd: the directory spool/. Its queue/ and new/ are gone afterwards. */
int spoolimport_run(struct spool *s, int spool_fd, struct why *why) must_use;

#endif

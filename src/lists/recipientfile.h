/* lists/recipientfile.h - the table of recipients as an administrator or a nightly export writes
 * it, made into a block for lists/recipients.h.
 *
 *	# comment
 *	alice@hopital.example
 *	bloc-3@hopital.example internal        only inside may write to it
 *	bob@hopital.example disabled           refused like one that is not there
 *	@mairie.example                        all of a domain
 *
 * Input    the administrator's file. Whatever is wrong in it, nothing of it is taken.
 * Memory   the block is a memory file of the caller, written while it is mapped.
 * Limits   RECIPIENTFILE_MAX bytes. Linear.
 * Threads  any number, for different descriptors.
 * Errors   negative errno and a why: FILE:LINE:COL: found X, expected Y. A file that is cut while
 *          it is read ends the process: the gateway runs this as one of its own.
 */
#ifndef LISTS_RECIPIENTFILE_H
#define LISTS_RECIPIENTFILE_H

#include "lists/recipients.h"

enum { RECIPIENTFILE_MAX = 1 << 30 };

struct recipientfile_count {
	uint64_t mailboxes, domains; /* rows of each */
	uint64_t internal, disabled; /* so many of them */
};

/* fd: empty memory of fd_memfd; afterwards it may be sealed. */
int recipientfile_compile(const char *path, int fd, struct recipientfile_count *ret,
			  struct why *why) must_use;
/* The same into memory of its own, sealed and opened. */
int recipientfile_open(const char *path, struct recipients *ret, struct recipientfile_count *count,
		       struct why *why) must_use;

#endif

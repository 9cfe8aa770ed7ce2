/* scan/dmarcnote.h - what an aggregate report (RFC 9990) will say of one message.
 *
 * Input    hostile names and records, as the checks found them.
 * Memory   in the caller's arena.
 * Limits   DMARCNOTE_HEAD_MAX bytes of the record; those of reporting/dmarcrow.h.
 * Threads  pure.
 * Errors   an empty domain: nothing is to be counted.
 */
#ifndef SCAN_DMARCNOTE_H
#define SCAN_DMARCNOTE_H

#include "scan/conduct.h"

enum { DMARCNOTE_HEAD_MAX = 1024 };

/* The fields of message commit. */
struct dmarcnote {
	str domain; /* where the policy was found */
	str head;   /* the record */
	str row;
};

struct dmarcnote dmarcnote_make(struct arena *a, const struct conf *c, const struct envelope *env,
				const struct auth_results *auth, enum action action) must_use;

#endif

/* url/urltricks.h - what is deceptive about a link, beside what its spelling needed repaired
 * (url_odd of url/url.h).
 *
 * Input    a parsed URL (hostile).
 * Memory   short-lived text in the arena.
 * Limits   linear; ICU is asked about hosts that are not plain ASCII only.
 * Threads  pure.   Errors  none.
 */
#ifndef URL_URLTRICKS_H
#define URL_URLTRICKS_H

#include "url/url.h"

enum urltrick {
	URLTRICK_IP = 1 << 0,	      /* the host is a public address */
	URLTRICK_PORT = 1 << 1,	      /* another port than the scheme's */
	URLTRICK_FALSE_HOST = 1 << 2, /* what stands before "@" looks like a host */
	URLTRICK_LABELS = 1 << 3,     /* three labels or more before the organisational domain */
	URLTRICK_HOMOGRAPH = 1 << 4,  /* foreign letters that look like an ASCII name */
	URLTRICK_MIXED = 1 << 5,      /* a word of two alphabets */
	URLTRICK_ESCAPES = 1 << 6,    /* letters and digits of the path written as %XX */
};

/* A set of URLTRICK_*. */
uint32_t urltricks(struct arena *a, const struct url *u);

#endif

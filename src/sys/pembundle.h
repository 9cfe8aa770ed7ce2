/* sys/pembundle.h - certificates and their keys as one block of bytes, so that the
 * supervisor, who alone opens the files, hands them over as one sealed descriptor.
 *
 * Input    trusted: the supervisor. What does not fit the form is refused all the same.
 * Memory   entries borrow from the block.
 * Limits   PEMBUNDLE_MAX bytes, PEMBUNDLE_FILES entries; the caller keeps both.
 * Threads  pure.   Errors  false.
 */
#ifndef SYS_PEMBUNDLE_H
#define SYS_PEMBUNDLE_H

#include "base/strbuf.h"

enum { PEMBUNDLE_MAX = 8 << 20, PEMBUNDLE_FILES = 64, PEMBUNDLE_FILE_MAX = 256 << 10 };

struct pembundle_entry {
	str file;  /* the certificate's path, for error texts */
	str chain; /* PEM */
	str key;   /* PEM; empty: chain holds the authorities of client certificates */
};

/* file has no line end in it. Overflow is the strbuf's. */
void pembundle_put(struct strbuf *b, const struct pembundle_entry *e);
/* The next entry of *rest. False at its end, or where the form is broken: then *rest is
 * not empty. */
bool pembundle_next(str *rest, struct pembundle_entry *ret) must_use;

#endif

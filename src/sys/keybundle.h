/* sys/keybundle.h - private keys for signatures as one block of bytes, so that the supervisor,
 * who alone opens the files, hands them to poterne-keys as one sealed descriptor.
 *
 * Input    trusted: the supervisor. What does not fit the form is refused all the same.
 * Memory   entries borrow from the block.
 * Limits   KEYBUNDLE_MAX bytes; KEYBUNDLE_FILE_MAX a key. The caller keeps both.
 * Threads  pure.   Errors  false.
 */
#ifndef SYS_KEYBUNDLE_H
#define SYS_KEYBUNDLE_H

#include "base/strbuf.h"

enum { KEYBUNDLE_MAX = 16 << 20, KEYBUNDLE_FILE_MAX = 16 << 10 };

struct keybundle_entry {
	str domain, selector;
	str file; /* for error texts */
	str key;  /* PEM */
};

/* No blanks in domain and selector, no line end in file. Overflow is the strbuf's. */
void keybundle_put(struct strbuf *b, const struct keybundle_entry *e);
/* The next entry of *rest. False at its end, or where the form is broken: then *rest is
 * not empty. */
bool keybundle_next(str *rest, struct keybundle_entry *ret) must_use;

#endif

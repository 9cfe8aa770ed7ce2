/* document/lnk.h - Windows shortcuts (MS-SHLLINK).
 *
 * Input    hostile.
 * Memory   texts are UTF-8 in the arena.
 * Limits   LNK_TEXT bytes of each text; linear.
 * Threads  pure.
 * Errors   lnk_read answers false: no shortcut. A damaged one is read as far as it goes.
 */
#ifndef DOCUMENT_LNK_H
#define DOCUMENT_LNK_H

#include "base/arena.h"

enum { LNK_TEXT = 8192 };

struct lnk {
	str target; /* the local path, or that of the environment block, or the relative one */
	str arguments;
	str icon;
	str name;   /* the description */
	str share;  /* \\host\share, when the target is on the network */
	size_t end; /* where the shortcut ends: bytes behind it belong to no shortcut */
};

bool lnk_read(struct arena *a, str bytes, struct lnk *ret) must_use;

#endif

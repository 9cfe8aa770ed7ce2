/* inspect/inspect_features.h - what the classifier sees of the message (features/features.h).
 *
 * Input    hostile.   Memory  sets in w->arena, encoded into facts.
 * Limits   the FEATURES_* below bound the bytes that are looked at.
 * Threads  one walk at a time.   Errors  none.
 */
#ifndef INSPECT_FEATURES_H
#define INSPECT_FEATURES_H

#include "inspect/inspect_private.h"

/* Before anything is read. Without a key in the limits, nothing is collected. */
void inspect_features_begin(struct walk *w);
/* Tags and attributes of one page, as it is written. */
void inspect_features_page(struct walk *w, str page);
/* When facts are complete. */
void inspect_features_end(struct walk *w);

#endif

/* inspect/inspect_fuzzy.h - by what a message, its documents and files are known again, when nearly
 * the same comes once more (fuzzy/fuzzy.h).
 *
 * Input    hostile.   Memory  in w->arena.
 * Limits   INSPECT_FUZZY_DOCUMENTS; of a text its first words.
 * Threads  one walk at a time.   Errors  none: a short text has no digest.
 */
#ifndef INSPECT_FUZZY_H
#define INSPECT_FUZZY_H

#include "inspect/inspect_private.h"

enum { INSPECT_FUZZY_DOCUMENTS = 8 };

/* Text the reader of the message sees, UTF-8: all such text makes one digest, since
 * parts alone may be what every message of a mailing list ends with. */
void inspect_fuzzy_text(struct walk *w, str folded);
/* Text of a document, UTF-8. */
void inspect_fuzzy_document(struct walk *w, uint32_t index, str text);
/* When all parts are known: the digests are in the facts. */
void inspect_fuzzy_end(struct walk *w);

#endif

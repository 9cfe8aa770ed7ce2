/* document/worddoc.h - the text of an old Word document (MS-DOC 2.4.1) by its table of
 * pieces, with the marks of fields left in it (document/fieldcode.h).
 *
 * Input    hostile: the streams "WordDocument" and "1Table" or "0Table".
 * Memory   in the caller's arena.   Limits  WORDDOC_TEXT_MAX bytes; linear.
 * Threads  pure.   Errors  broken: there is no such table; the readable runs are the text.
 */
#ifndef DOCUMENT_WORDDOC_H
#define DOCUMENT_WORDDOC_H

#include "base/arena.h"

enum { WORDDOC_TEXT_MAX = 16 << 20, WORDDOC_PIECES_MAX = 100000 };

struct worddoc {
	bool encrypted, broken;
	bool cut; /* longer than WORDDOC_TEXT_MAX */
	str text;
};

/* Which of the two table streams belongs to the document. */
str worddoc_table_name(str stream) must_use;
void worddoc_read(struct arena *a, str stream, str table, struct worddoc *ret);

#endif

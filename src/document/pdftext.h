/* document/pdftext.h - the texts of a PDF file: strings for people, and what pages show.
 *
 * Input    hostile.   Memory  the arena.   Limits  linear; the caller's strbuf.
 * Threads  pure.      Errors  none: what is no text is left out.
 */
#ifndef DOCUMENT_PDFTEXT_H
#define DOCUMENT_PDFTEXT_H

#include "base/strbuf.h"

/* A text string (ISO 32000-2, 7.9.2.2), or a script, as UTF-8. */
str pdftext_string(struct arena *a, str bytes) must_use;
/* Appends the texts that a content stream (7.8.2) shows in a font of plain letters. */
void pdftext_content(struct strbuf *out, struct arena *scratch, str content);

#endif

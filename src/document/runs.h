/* document/runs.h - readable runs in binary data: what looks like text of one or two bytes
 * a character, for streams whose format is not worth reading in full.
 *
 * Input    hostile.   Memory  in the caller's buffer or arena.   Limits  the buffer's; linear.
 * Threads  pure.      Errors  none.
 */
#ifndef DOCUMENT_RUNS_H
#define DOCUMENT_RUNS_H

#include "base/strbuf.h"

enum { RUNS_MIN = 4 }; /* shorter ones are noise */

/* Each run on a line, as UTF-8; single bytes are taken for Windows-1252's Latin half. */
void runs_extract(struct strbuf *out, str bytes);
/* All of it, as UTF-16LE when wide, else as Latin-1. */
str runs_text(struct arena *a, str bytes, bool wide) must_use;

#endif

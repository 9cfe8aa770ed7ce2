/* document/formula.h - the words of a compiled Excel formula (MS-XLS 2.5.198): its text
 * constants and the functions that can do more than compute, in the order in which Excel
 * evaluates them: "cmd.exe" EXEC.
 *
 * Input    hostile.   Memory  in the caller's buffer.   Limits  its maximum; linear.
 * Threads  pure.      Errors  an unknown token ends the reading.
 */
#ifndef DOCUMENT_FORMULA_H
#define DOCUMENT_FORMULA_H

#include "base/strbuf.h"

enum { FORMULA_BIFF12 = 12 };

/* version: 2 to 5, 8, or FORMULA_BIFF12 for xlsb. */
void formula_words(struct strbuf *out, str tokens, uint32_t version);

#endif

/* document/onenote.h - the files embedded in a OneNote section (MS-ONESTORE 2.6.13): each
 * stands whole behind a mark, wherever the tree of the notebook leads.
 *
 * Input    hostile.   Memory  slices of the input.   Limits  linear.
 * Threads  pure.      Errors  none.
 */
#ifndef DOCUMENT_ONENOTE_H
#define DOCUMENT_ONENOTE_H

#include "base/str.h"

/* The next file at or behind *at, which moves behind its mark. False: there is none. */
bool onenote_next(str in, size_t *at, str *ret_file) must_use;

#endif

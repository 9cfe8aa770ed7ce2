/* document/lzfu.h - the packed RTF body of an Outlook message (MS-OXRTFCP).
 *
 * Input    hostile.   Memory  in the caller's arena.   Limits  max bytes; linear.
 * Threads  pure.      Errors  an empty text when it is none.
 */
#ifndef DOCUMENT_LZFU_H
#define DOCUMENT_LZFU_H

#include "base/arena.h"

str lzfu_unpack(struct arena *a, str in, size_t max) must_use;

#endif

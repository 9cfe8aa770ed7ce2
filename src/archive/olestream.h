/* archive/olestream.h - one stream of a compound file by its name (MS-CFB), as encrypted
 * documents keep theirs.
 *
 * Input    hostile.   Memory  the arena.
 * Limits   a chain is followed for as many sectors as the file has; linear.
 * Threads  pure.      Errors  an empty stream when there is none, or it breaks off.
 */
#ifndef ARCHIVE_OLESTREAM_H
#define ARCHIVE_OLESTREAM_H

#include "base/arena.h"

str olestream_read(struct arena *a, str bytes, str name) must_use;

#endif

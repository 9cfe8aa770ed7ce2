/* inspect/magic_ole.h - what an OLE2 compound file holds (MS-CFB), by the names of its
 * streams, which stand there in UTF-16.
 *
 * Input    hostile.   Memory  literals.   Limits  linear.
 * Threads  pure.      Errors  "application/x-ole-storage" when nothing is recognised.
 */
#ifndef INSPECT_MAGIC_OLE_H
#define INSPECT_MAGIC_OLE_H

#include "inspect/magic.h"

struct magic magic_ole_detect(str bytes);

#endif

/* inspect/magic_zip.h - what kind of document or program a zip file is, by the names in
 * its central directory (APPNOTE 4.3.12).
 *
 * Input    hostile.   Memory  literals.   Limits  MAGIC_ZIP_NAMES names.
 * Threads  pure.      Errors  a plain zip when nothing is recognised.
 */
#ifndef INSPECT_MAGIC_ZIP_H
#define INSPECT_MAGIC_ZIP_H

#include "inspect/magic.h"

struct magic magic_zip_detect(str bytes);

/* A zip file stands behind other bytes, or is followed by some; with to_the_end
 * only one that ends where the bytes end. */
bool magic_zip_is_appended(str bytes, bool to_the_end);

#endif

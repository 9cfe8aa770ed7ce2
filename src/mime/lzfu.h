/* mime/lzfu.h - compressed RTF (MS-OXRTFCP), the body that Outlook packs into TNEF and MSG.
 *
 * Input    hostile.
 * Memory   into the caller's strbuf.
 * Limits   the strbuf's maximum; at most nine bytes come out of each one; linear.
 * Threads  pure.   Errors  false: no compressed RTF; what stops early is given as far as it goes.
 */
#ifndef MIME_LZFU_H
#define MIME_LZFU_H

#include "base/strbuf.h"

bool lzfu_decode(struct strbuf *out, str in);

#endif

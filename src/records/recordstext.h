/* records/recordstext.h - hostile text made fit for a database that speaks JSON.
 *
 * Input    hostile bytes.   Memory  in the arena, or the input itself when it is fit.
 * Limits   the input's.     Threads  pure.   Errors  cannot fail.
 */
#ifndef RECORDS_RECORDSTEXT_H
#define RECORDS_RECORDSTEXT_H

#include "base/strbuf.h"

/* UTF-8 without NUL: what is not is written as \xHH. */
str recordstext_clean(struct arena *a, str s) must_use;
/* A JSON array of strings. */
str recordstext_array(struct arena *a, const str *v, size_t n) must_use;

#endif

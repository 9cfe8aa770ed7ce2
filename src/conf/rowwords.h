/* conf/rowwords.h - words of a row of configuration: "NAME http URL rate=10".
 *
 * Input    the administrator's text.
 * Memory   words point into it.   Limits  linear.
 * Threads  pure.   Errors  none.
 */
#ifndef CONF_ROWWORDS_H
#define CONF_ROWWORDS_H

#include "base/str.h"

/* The next word; empty at the end. */
str rowwords_next(str *rest);
/* Letters, digits, '-' and '_': what names go into files, rules and requests unchanged. */
bool rowwords_is_name(str s, size_t max);

#endif

/* conf/rowwords.h - words of a row of configuration: "NAME http URL rate=10".
 *
 * Input    the administrator's text.
 * Memory   words point into it.   Limits  linear; names of rows are compared each with each.
 * Threads  pure.   Errors  rowwords_check says what is wrong.
 */
#ifndef CONF_ROWWORDS_H
#define CONF_ROWWORDS_H

#include "base/why.h"
#include "conf/conf.h"

/* The next word; empty at the end. */
str rowwords_next(str *rest);
/* Letters, digits, '-' and '_': what names go into files, rules and requests unchanged. */
bool rowwords_is_name(str s, size_t max);
/* The rows of that key are no more than max, and no two have the same first word. */
int rowwords_check(const char *key, const struct conf_strings *rows, size_t max, struct why *why)
	must_use;

#endif

/* url/urlskeleton.h - what a domain looks like to who reads it in haste: names that are taken for
 * one another have one skeleton (Unicode UTS #39, confusables: rn and m, 1 and l, 0 and o,
 * letters of other alphabets; accents).
 *
 * Input    hostile text.   Memory  the caller's arena.   Limits  URLORG_MAX bytes; longer: empty.
 * Threads  pure.   Errors  empty: it is no domain.
 */
#ifndef URL_URLSKELETON_H
#define URL_URLSKELETON_H

#include "base/arena.h"

/* Of the organisational domain of a name, in lower case. */
str urlskeleton_domain(struct arena *a, str name) must_use;

#endif

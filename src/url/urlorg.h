/* url/urlorg.h - whom a host name belongs to: the public suffix list as built into libpsl.
 *
 * Input    a host name in lower-case ASCII (url/urlhost.h) or any text; hostile.
 * Memory   results are slices of the input.
 * Limits   of names above URLORG_MAX bytes only the end is looked at: DNS has no longer ones.
 * Threads  pure; the list is constant data of the library, no file is opened.
 * Errors   empty: an address, a public suffix itself, no name.
 */
#ifndef URL_URLORG_H
#define URL_URLORG_H

#include "base/str.h"

enum { URLORG_MAX = 255 };

/* The organisational domain: the public suffix and one label. */
str urlorg_domain(str name);
/* The last label is a top-level domain of the list; hosts without a dot are not asked. */
bool urlorg_known_tld(str name);
/* Same organisational domain, or the same name when there is none. */
bool urlorg_same(str a, str b);
/* How many labels stand before the organisational domain; "www" is not counted. */
unsigned urlorg_labels_before(str name);

#endif

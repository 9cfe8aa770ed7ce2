/* fetch/refresh.h - where a page sends its reader by itself: the Refresh header field, or
 * <meta http-equiv=refresh> in the beginning of a page (HTML Living Standard 4.2.5.3).
 *
 * Input    hostile.   Memory  results are slices of the input.
 * Limits   linear; of a page only what was read of it.
 * Threads  pure.      Errors  empty: it sends nobody anywhere.
 */
#ifndef FETCH_REFRESH_H
#define FETCH_REFRESH_H

#include "base/str.h"

/* "5; url=https://a.example/" */
str refresh_of_field(str value);
str refresh_of_page(str html);

#endif

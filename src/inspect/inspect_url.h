/* inspect/inspect_url.h - links, from wherever they were found, as facts.
 *
 * Input    hostile text, UTF-8.
 * Memory   copied into w->arena.
 * Limits   FACTS_MAX_URLS; what is above is named "urls".
 * Threads  one walk at a time.   Errors  none: facts.
 */
#ifndef INSPECT_URL_H
#define INSPECT_URL_H

#include "inspect/inspect_private.h"

/* One link; shown is the text that the reader sees in its place, or empty. */
void inspect_url_found(struct walk *w, uint32_t part, enum facts_url_where where, str url,
		       str shown);
/* The links in running text. */
void inspect_url_search(struct walk *w, uint32_t part, enum facts_url_where where, str text);

#endif

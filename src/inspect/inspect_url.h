/* inspect/inspect_url.h - links, from wherever they were found, as facts.
 *
 * Each link is read as browsers do (url/url.h), followed through the services that carry
 * their target (url/urlunwrap.h), compared with the text the reader sees in its place, and
 * judged: findings, and the rules' patterns of scope url over its normalised form.
 *
 * Input    hostile text, UTF-8.
 * Memory   facts in w->arena; the rest in a scratch arena of the walk.
 * Limits   FACTS_MAX_URLS facts ("urls"); INSPECT_URL_MAX links are judged, what is above is
 *          a finding ("urls.judged"); URLFIND_MAX bytes of one link ("url.bytes");
 *          URLFIND_MAX_NAMES words of one text are looked up ("urls.names").
 * Threads  one walk at a time.   Errors  none: facts.
 */
#ifndef INSPECT_URL_H
#define INSPECT_URL_H

#include "inspect/inspect_private.h"

enum { INSPECT_URL_MAX = 3000 };

/* One link; shown is the text that the reader sees in its place, or empty. */
void inspect_url_found(struct walk *w, uint32_t part, enum facts_url_where where, str url,
		       str shown);
/* One link that may be relative to base (<base href>), which may be empty. */
void inspect_url_relative(struct walk *w, uint32_t part, enum facts_url_where where, str base,
			  str url, str shown);
/* The links in running text. */
void inspect_url_search(struct walk *w, uint32_t part, enum facts_url_where where, str text);
/* The links in iCalendar and vCard text, whose lines are folded (RFC 5545 3.1). */
void inspect_url_search_folded(struct walk *w, uint32_t part, str text);
/* The links in the Subject. */
void inspect_url_headers(struct walk *w);
void inspect_url_close(struct walk *w);

#endif

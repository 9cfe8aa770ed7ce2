/* lists/listfeed_private.h - what the readers of feeds share.
 *
 * Input    hostile.   Memory  in the arena of the reading.
 * Threads  one at a time.   Errors  as lists/listfeed.h.
 */
#ifndef LISTS_LISTFEED_PRIVATE_H
#define LISTS_LISTFEED_PRIVATE_H

#include "lists/listfeed.h"

struct listfeed {
	struct arena *arena;
	str until;
	struct strbuf *out;
	struct map seen;
	struct listfeed_count count;
	struct why *why;
};

enum listfeed_what {
	LISTFEED_URL,
	LISTFEED_DOMAIN,
	LISTFEED_ADDRESS,
	LISTFEED_SHA256,
	LISTFEED_ANY
};

/* One thing of the feed; note may be empty. */
void listfeed_add(struct listfeed *f, enum listfeed_what what, str thing, str note);

int listfeed_csv_read(struct listfeed *f, enum listfeed_format format, str in) must_use;
int listfeed_json_read(struct listfeed *f, enum listfeed_format format, str in) must_use;
int listfeed_map_read(struct listfeed *f, enum listfeed_format format, str in) must_use;
/* The equalities of a STIX pattern, when they are alternatives; anything else is left out. */
void listfeed_stix_pattern(struct listfeed *f, str pattern, str note);

#endif

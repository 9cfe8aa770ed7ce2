/* fetch/feedstate.h - what is known of a feed between one fetch and the next: a file "state" beside
 * its list, one JSON object.
 *
 * Input    the file is poterne-fetch's own; whoever shows it takes it as hostile.
 * Memory   in the caller's arena.
 * Limits   FEEDSTATE_MAX bytes.
 * Threads  pure.
 * Errors   a file that is missing or damaged is a feed nothing is known of; writing: negative
 *          errno and a why.
 */
#ifndef FETCH_FEEDSTATE_H
#define FETCH_FEEDSTATE_H

#include "base/why.h"
#include "conf/feedrow.h"

enum { FEEDSTATE_MAX = 64 << 10 };

struct feedstate {
	uint64_t version;   /* of the list, counted from 1 */
	int64_t fetched_at; /* wall clock: when the feed was last seen whole, changed or not */
	int64_t changed_at; /* when the list was made */
	int64_t next_at;    /* when it is due */
	uint64_t failures;  /* in a row */
	uint64_t entries, left_out;
	str why;	    /* of the last failure; hostile */
	str etag, modified; /* of the answer the list was made from */
	str added_after;    /* of TAXII: until when objects are known */
};

struct feedstate feedstate_read(struct arena *a, str home, str name);
int feedstate_write(struct arena *a, str home, str name, const struct feedstate *s, struct why *why)
	must_use;
/* As JSON without braces: "version":1,... for people and programs, without what is the server's. */
void feedstate_put(struct strbuf *out, const struct feedstate *s);

bool feedstate_stale(const struct feedstate *s, const struct feedrow *row, int64_t now);

#endif

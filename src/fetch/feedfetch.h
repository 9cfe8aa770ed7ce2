/* fetch/feedfetch.h - one feed, fetched and made into a list: all of it or nothing, so a feed that
 * does not answer, has grown too long or says nonsense leaves the list of before.
 *
 * It is taken apart by who fetched it: that process has neither mail nor keys of ours, and whoever
 * took it over by a hostile feed could lie in that list, which he writes anyhow.
 *
 * Input    the server's answers: hostile.
 * Memory   in the caller's arena.
 * Limits   feeds.max_bytes and feeds.timeout for all pages of a feed; FEEDFETCH_REDIRECTS,
 *          FEEDFETCH_PAGES.
 * Threads  any number, for different feeds.
 * Errors   FEEDFETCH_FAILED with a why; the state says so too, and when to try again.
 */
#ifndef FETCH_FEEDFETCH_H
#define FETCH_FEEDFETCH_H

#include "fetch/feedstate.h"
#include "fetch/httpget.h"

enum { FEEDFETCH_REDIRECTS = 5, FEEDFETCH_PAGES = 1000, FEEDFETCH_RETRY_S = 60 };

enum feedfetch_result { FEEDFETCH_CHANGED, FEEDFETCH_SAME, FEEDFETCH_FAILED };

struct feedfetch {
	struct httpget_ways ways;
	str home; /* the directory of all feeds, writable */
	struct feedrow row;
	str ca;	 /* PEM certificates */
	str key; /* header field, or empty: secret */
	size_t max_bytes;
	int64_t timeout_ms;
};

/* seed: any random number, so that not all gateways ask in the same second. */
enum feedfetch_result feedfetch_run(const struct feedfetch *f, struct arena *a, int64_t now,
				    uint64_t seed, struct feedstate *ret, struct why *why);

#endif

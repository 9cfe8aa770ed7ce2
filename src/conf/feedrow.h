/* conf/feedrow.h - rows of feeds.sources: what others publish, and the list that it becomes.
 *
 *   NAME FORMAT URL [OPTION ...]
 *   FORMAT   phishtank-csv | phishtank-json | openphish | urlhaus | malwarebazaar | misp | stix |
 *            map (one entry a line) | taxii (URL is an API root, TAXII 2.1)
 *   OPTION   list=LIST       instead of the shipped list of that format; needed for map
 *            every=1h        how often it is asked for
 *            keep=7d         how long an entry holds
 *            collection=ID   of TAXII
 *            ca=FILE         PEM certificates instead of tls.ca
 *            key=FILE        a header field that is sent, "Authorization: ...": for root alone
 *            http            the URL may be http
 *
 * What becomes of a feed is the one file that feedrow_file names, below paths.state.
 *
 * Input    rows of the administrator.
 * Memory   a row points into the configuration.
 * Limits   FEEDROW_ROWS rows.
 * Threads  pure.
 * Errors   false: no such row; feedrow_check: negative errno and a why that names the row.
 */
#ifndef CONF_FEEDROW_H
#define CONF_FEEDROW_H

#include "conf/conf.h"

enum {
	FEEDROW_ROWS = 100,
	FEEDROW_NAME_MAX = 40,
	FEEDROW_STALE_PERIODS = 3, /* without news of a feed: it is stale */
};

struct feedrow {
	str name, format, url, list, collection, ca, key;
	int64_t every, keep; /* milliseconds */
	bool http;
};

bool feedrow_parse(str row, struct feedrow *ret) must_use;
bool feedrow_find(const struct conf *c, str name, struct feedrow *ret) must_use;
int feedrow_check(const struct conf *c, struct why *why) must_use;

/* The directory of all feeds. */
str feedrow_home(struct arena *a, const struct conf *c);
/* "HOME/NAME/LIST.set" */
str feedrow_file(struct arena *a, str home, const struct feedrow *f);

#endif

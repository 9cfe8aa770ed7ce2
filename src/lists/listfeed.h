/* lists/listfeed.h - what others have found to be bad, as they publish it, made into the text of
 * a list. A link is taken as that page only, since many are pages of honest hosts.
 *
 * Input    files of strangers: hostile.
 * Memory   in the caller's arena.
 * Limits   LISTFEED_MAX bytes of a file, LISTFEED_NESTING of JSON, of which LISTFEED_DEPTH are
 *          looked into. Linear.
 * Threads  pure.
 * Errors   -EINVAL and a why: not that format. What is no link, name, address or hash is counted
 *          and left out; so are entries that the feed itself takes back.
 */
#ifndef LISTS_LISTFEED_H
#define LISTS_LISTFEED_H

#include "base/map.h"
#include "base/strbuf.h"
#include "base/why.h"

enum { LISTFEED_MAX = 1 << 30, LISTFEED_DEPTH = 12, LISTFEED_NESTING = 64 };

enum listfeed_format {
	LISTFEED_PHISHTANK_CSV, /* data.phishtank.com: online-valid.csv */
	LISTFEED_PHISHTANK_JSON,
	LISTFEED_OPENPHISH,	/* one URL a line */
	LISTFEED_URLHAUS,	/* urlhaus.abuse.ch: csv */
	LISTFEED_MALWAREBAZAAR, /* bazaar.abuse.ch: csv */
	LISTFEED_MISP,		/* JSON of events or attributes, those marked for detection */
	LISTFEED_STIX,		/* STIX 2.1: indicators with a pattern of equalities */
	LISTFEED_MAP,		/* one entry of any kind a line, as maps of Rspamd */
	LISTFEED_FORMATS
};

struct listfeed_count {
	uint64_t entries, twice, left_out;
};

/* until: the day the entries end, YYYY-MM-DD. */
int listfeed_read(struct arena *a, enum listfeed_format format, str in, str until,
		  struct strbuf *out, struct listfeed_count *ret, struct why *why) must_use;
bool listfeed_of_name(str name, enum listfeed_format *ret) must_use;
/* "phishtank-csv", ... */
str listfeed_name(enum listfeed_format format);
/* One page of a TAXII 2.1 collection (5.5, 3.7): entries are put behind those of the pages before.
 */
struct listfeed_page {
	bool more;
	str next; /* where the next page begins; may be empty */
	size_t objects;
};
int listfeed_taxii(struct arena *a, str in, str until, struct strbuf *out,
		   struct listfeed_count *count, struct listfeed_page *ret, struct why *why)
	must_use;
/* The shipped list for it: "feed-phishtank"; empty for a map. */
str listfeed_list(enum listfeed_format format);

#endif

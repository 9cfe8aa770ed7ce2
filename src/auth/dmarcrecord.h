/* auth/dmarcrecord.h - DMARC records read (RFC 9989 4.7, 4.8), those written for RFC 7489
 * too: text in, what it asks for out.
 *
 * A mistake in one tag costs that tag only: its default holds (4.8). A record whose policy
 * cannot be told is unusable; when somebody waits for its reports it means p=none (4.10.1).
 *
 * Input    hostile: a TXT record, any bytes.
 * Memory   lists in the caller's arena; strings point INTO the record, mailboxes may not.
 * Limits   the record's own size (DNS_MAX_RDATA), DMARCRECORD_MAX_URIS of one list;
 *          linear.
 * Threads  pure.
 * Errors   false: no DMARC record. Problems are texts, printable.
 */
#ifndef AUTH_DMARCRECORD_H
#define AUTH_DMARCRECORD_H

#include "auth/results.h"

enum { DMARCRECORD_MAX_URIS = 10, DMARCRECORD_MAX_PROBLEMS = 20 };

/* Where reports are wanted. */
struct dmarcrecord_uri {
	str uri;	/* as written, without the size */
	str mailbox;	/* of "mailto:", decoded; empty for other schemes: nobody to write to */
	str host;	/* the mailbox's domain */
	uint64_t limit; /* bytes, of the obsolete "!10m"; 0: none was written */
};

struct dmarcrecord {
	str text; /* as published */
	bool usable;
	bool malformed; /* something in it is no tag with a value */
	enum dmarc_policy p;
	bool has_sp, has_np;
	enum dmarc_policy sp, np;
	char psd; /* 'y', 'n' or 'u' */
	/* t=y, or the pct=0 of RFC 7489: one level below the policy is what is asked for. Other
	 * values of pct had no dependable meaning, and RFC 9989 ignores them (A.7). */
	bool testing;
	unsigned pct; /* of RFC 7489; 100 when it is not there */
	bool strict_dkim, strict_spf;
	str fo; /* when failure reports are wanted, as written; "0" when it is not there */
	struct dmarcrecord_uri *rua, *ruf;
	size_t n_rua, n_ruf;
	str *problems;
	size_t n_problems;
};

/* Begins with "v=DMARC1" (4.7): anything else is ignored. */
bool dmarcrecord_is(str txt) must_use;
bool dmarcrecord_parse(struct arena *a, str txt, struct dmarcrecord *ret) must_use;
/* sp and np as they apply when they are absent (4.7). */
enum dmarc_policy dmarcrecord_for_subdomain(const struct dmarcrecord *r, bool exists);

#endif

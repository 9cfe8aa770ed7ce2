/* records/reportsin.h - what other receivers and senders report about mail of our domains.
 *
 * Reports that came authenticated, or from the administrator, are counted; the others stand
 * apart, give way to an authenticated copy of the same report, and the oldest of them go when
 * there are many: whoever forges reports can push out forged ones only. The same report is one of
 * the same sender, so nobody can have another's report taken for known.
 *
 * Input    hostile text in rows, bounded by report/reportset.h.
 * Memory   embedded in its owner; JSON lines handed out end with the call.
 * Limits   REPORTSIN_MAX_BYTES on disk, then the sender with most rows loses his oldest reports;
 *          REPORTSIN_MAX_UNTRUSTED reports that stand apart, of REPORTSIN_UNTRUSTED_ROWS rows each;
 * REPORTSIN_MAX_LINES lines of a kind. Threads  internally locked. Errors   negative errno and why.
 */
#ifndef RECORDS_REPORTSIN_H
#define RECORDS_REPORTSIN_H

#include "records/recordsdb.h"
#include "report/reportset.h"

#include <pthread.h>

enum {
	REPORTSIN_MAX_BYTES = 1 << 30,
	REPORTSIN_MAX_UNTRUSTED = 500,
	REPORTSIN_UNTRUSTED_ROWS = 1000,
	REPORTSIN_MAX_LINES = 2000,
};

struct reportsin {
	sqlite3 *db;
	sqlite3_stmt *find, *drop, *insert, *source, *session, *failure, *size, *crowd, *evict,
		*expire;
	int64_t max_bytes; /* REPORTSIN_MAX_BYTES, but in tests */
	pthread_mutex_t lock;
};

/* Who brought the reports. */
struct reportsin_origin {
	str mid, sender; /* the message, and the organization of its author; "import" */
	bool trusted;	 /* that domain is authenticated, or the administrator brings them */
	int64_t received_at;
};

struct reportsin_result {
	size_t added, known; /* known: the same report was there already */
};

struct reportsin_choice {
	str domain;	/* empty: all */
	int64_t since;	/* reports that end later */
	bool untrusted; /* count reports that came unauthenticated, too */
};

/* RECORDSDB_E_BROKEN as recordsdb_open. */
int reportsin_open(struct reportsin *r, const char *path, struct why *why) must_use;
void reportsin_close(struct reportsin *r);

/* All or nothing. -ENOSPC: no room could be made. */
int reportsin_add(struct reportsin *r, struct arena *a, const struct reportset *set,
		  const struct reportsin_origin *origin, struct reportsin_result *ret,
		  struct why *why) must_use;

/* Called once a line; each is one JSON object with its kind. */
typedef void reportsin_visit(void *ctx, str line);
/* Kinds: domain, source (the busiest networks first), reporter, unauthenticated. */
int reportsin_dmarc(struct reportsin *r, const struct reportsin_choice *choice,
		    reportsin_visit *visit, void *ctx, struct why *why) must_use;
/* Kinds: policy, failure, reporter, unauthenticated. */
int reportsin_tls(struct reportsin *r, const struct reportsin_choice *choice,
		  reportsin_visit *visit, void *ctx, struct why *why) must_use;
/* Forgets up to n reports that were received before that time; *ret_n is how many there were. */
int reportsin_expire(struct reportsin *r, int64_t before, int n, int *ret_n, struct why *why)
	must_use;

#endif

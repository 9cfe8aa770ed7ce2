/* reporting/reporter.h - the work of poterne-report: asks the store what is due, the DNS who
 * wants it, writes the report, and gives the mail back to the store.
 *
 * The day begins REPORTER_SPREAD_S at most after midnight UTC, at an hour of our own name's, so
 * that not all gateways of the world write at once.
 *
 * Input    rows of the store, which quote strangers; DNS.
 * Memory   an arena for each report.
 * Limits   REPORTER_DNS_MS for one report; REPORTER_DAYS of trying when the DNS does not answer.
 * Threads  reporter_run is one thread's life; reporter_set from another one.
 * Errors   tried again after REPORTER_AGAIN_MS; the store logs what becomes of each report.
 */
#ifndef REPORTING_REPORTER_H
#define REPORTING_REPORTER_H

#include "conf/conf.h"
#include "dns/dns.h"
#include "sys/lanes.h"

enum {
	REPORTER_SPREAD_S = 3 * 3600,
	REPORTER_WAIT_MS = 60 * 1000,
	REPORTER_ANSWER_MS = 60 * 1000,
	REPORTER_AGAIN_MS = 3600 * 1000,
	REPORTER_DNS_MS = 60 * 1000,
	REPORTER_DAYS = 3,
};

struct reporter {
	struct lanes *store;
	struct dns_resolver dns;
	const struct conf *_Atomic conf;
};

/* Never returns; ctx is a struct reporter. */
void reporter_run(void *reporter);
/* Days since 1970: what was counted before that one is due at that time. */
int64_t reporter_due_before(str hostname, int64_t wall);

#endif

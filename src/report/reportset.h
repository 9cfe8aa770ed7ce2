/* report/reportset.h - the reports one mail carried, and their encoding between processes.
 *
 * Input    reportset_decode: hostile bytes, from a worker that may be taken over or from the
 *          command line.
 * Memory   in the arena; decoded texts point into the input.
 * Limits   REPORTSET_MAX_*; rows and failures that do not fit the encoding are left out, rows
 *          counted (aggregate.rows_left_out).
 * Threads  pure.
 * Errors   reportset_decode answers false and nothing is believed.
 */
#ifndef REPORT_REPORTSET_H
#define REPORT_REPORTSET_H

#include "report/aggregate.h"
#include "report/tlsrpt.h"

enum {
	REPORTSET_MAX_REPORTS = 50,
	REPORTSET_MAX_BYTES = 2 << 20, /* encoded */
};

/* Exactly one of the two is there. */
struct reportset_report {
	struct aggregate *aggregate;
	struct tlsrpt *tls;
};

struct reportset {
	ARENA_VEC(struct reportset_report) reports;
	uint32_t failures;   /* failure reports (RFC 5965, RFC 9991): counted, never read */
	uint32_t unreadable; /* files that look like reports and are none, or too many... */
	str why;	     /* ...and what is wrong with the first of them */
};

str reportset_encode(struct arena *a, const struct reportset *set) must_use;
bool reportset_decode(struct arena *a, str in, struct reportset *ret) must_use;

#endif

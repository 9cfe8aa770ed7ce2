/* reporting/dmarcrow.h - what DMARC said of one message, as a row of an aggregate report counts
 * it (RFC 9990 3.1), and the same as text.
 *
 * Input    dmarcrow_put: hostile names; dmarcrow_parse: text of another process.
 * Memory   lists in the caller's arena, slices point into the text.
 * Limits   DMARCROW_SIGNATURES results of DKIM, those that pass first; ROWTEXT_MAX.
 * Threads  pure.
 * Errors   false: it is no row.
 */
#ifndef REPORTING_DMARCROW_H
#define REPORTING_DMARCROW_H

#include "reporting/rowtext.h"

enum { DMARCROW_SIGNATURES = 4 };

struct dmarcrow_signature {
	str domain, selector, result; /* "pass", "fail", ... (RFC 8601 2.7.1) */
};

struct dmarcrow {
	str source_ip;
	str disposition; /* "none", "pass", "quarantine", "reject" */
	bool dkim, spf;	 /* aligned and passed */
	str reason;	 /* why the disposition is not the policy: PolicyOverrideType; or empty */
	str header_from, envelope_from, envelope_to; /* domains; the latter may be empty */
	str spf_domain, spf_result;		     /* empty: not checked */
	struct dmarcrow_signature signatures[DMARCROW_SIGNATURES];
	size_t n_signatures;
};

void dmarcrow_put(struct strbuf *b, const struct dmarcrow *row);
bool dmarcrow_parse(str text, struct dmarcrow *ret) must_use;

#endif

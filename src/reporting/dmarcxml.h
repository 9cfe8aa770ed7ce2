/* reporting/dmarcxml.h - an aggregate report as XML (RFC 9990 2.1, 3, appendix A).
 *
 * Input    rows and records quote strangers: everything is escaped.
 * Memory   in the caller's strbuf.
 * Limits   its maximum; linear.
 * Threads  pure.
 * Errors   cannot fail but for the strbuf's maximum.
 */
#ifndef REPORTING_DMARCXML_H
#define REPORTING_DMARCXML_H

#include "reporting/dmarcrow.h"

struct dmarcxml {
	str org_name, email, report_id;
	int64_t begin, end; /* seconds since 1970; end is the last one that counts */
	str domain;	    /* where the record was found */
	str record;	    /* as published */
	int64_t left_out;   /* messages for which there was no room */
};

void dmarcxml_begin(struct strbuf *out, const struct dmarcxml *r);
void dmarcxml_row(struct strbuf *out, const struct dmarcrow *row, uint64_t count);
void dmarcxml_end(struct strbuf *out);

#endif

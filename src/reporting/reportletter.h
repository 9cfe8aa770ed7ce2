/* reporting/reportletter.h - the mail that brings a report: RFC 9990 2.4 and 2.6 (DMARC), RFC 8460
 * 3 (TLS), with the report compressed.
 *
 * Input    addresses of strangers, parsed before; the text of the report.
 * Memory   in the caller's strbuf and its arena.
 * Limits   REPORTLETTER_MAX bytes.
 * Threads  pure: the time comes in.
 * Errors   false: it would be larger.
 */
#ifndef REPORTING_REPORTLETTER_H
#define REPORTING_REPORTLETTER_H

#include "reporting/reportdoc.h"

enum { REPORTLETTER_MAX = 32 << 20 };

/* "RECEIVER!DOMAIN!BEGIN!END!PART.xml.gz" */
str reportletter_file_name(struct arena *a, const struct reportdoc *d) must_use;
bool reportletter_put(struct strbuf *out, const struct reportdoc *d, const str *to, size_t n,
		      int64_t now) must_use;

#endif

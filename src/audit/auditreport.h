/* audit/auditreport.h - the outcome of an audit as text and as JSON. The page for people is in
 * audit/auditpage.h.
 *
 * Input    a run; what it heard from servers is hostile and printed escaped.
 * Memory   in the caller's arena.
 * Limits   none: the rows are bounded.   Threads  pure.   Errors  those of stdio.
 */
#ifndef AUDIT_AUDITREPORT_H
#define AUDIT_AUDITREPORT_H

#include "audit/auditrun.h"

#include <stdio.h>

enum { AUDITREPORT_GROUPS = 32 };

struct auditreport_count {
	str group;
	size_t n[FATE_JUDGEMENTS];
};

struct auditreport_counts {
	struct auditreport_count v[AUDITREPORT_GROUPS], all;
	size_t n;
};

struct auditreport_counts auditreport_count(const struct auditrun *run);

/* One row a line, the dangerous ones first, then the counts of each group. */
void auditreport_text(FILE *out, struct arena *a, const struct auditrun *run, bool failed_only);
/* One object a line; the last one has the counts. */
void auditreport_json(FILE *out, struct arena *a, const struct auditrun *run, bool failed_only);

#endif

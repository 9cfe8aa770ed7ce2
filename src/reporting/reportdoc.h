/* reporting/reportdoc.h - one report of either kind: its names, and its text made of rows.
 *
 * Input    rows and names of other processes, which quote strangers.
 * Memory   in the caller's arena.
 * Limits   REPORTDOC_MAX bytes; a row that would pass it, or is none, is left out.
 * Threads  pure.
 * Errors   false: there is nothing to report.
 */
#ifndef REPORTING_REPORTDOC_H
#define REPORTING_REPORTDOC_H

#include "conf/conf.h"
#include "reporting/tlsjson.h"

enum { REPORTDOC_MAX = 24 << 20, REPORTDOC_ROW_MAX = 8 << 10 };

/* As enum reportsout_kind. */
enum reportdoc_kind { REPORTDOC_DMARC, REPORTDOC_TLS };

/* What is reported about, and by whom. */
struct reportdoc_about {
	enum reportdoc_kind kind;
	str domain, head;
	int64_t begin, end, part, left_out;
	str from, org_name, contact; /* of the configuration, none of them empty */
};

struct reportdoc {
	struct arena *arena;
	struct reportdoc_about about;
	str submitter; /* our domain */
	str id;	       /* the same each time: "DOMAIN.BEGIN.PART@SUBMITTER" */
	struct strbuf text;
	struct tlsjson tls;
	size_t rows;
};

/* Whoever reports, with the defaults of what is empty. */
void reportdoc_sign(struct reportdoc_about *about, const struct conf *c);
void reportdoc_begin(struct reportdoc *d, struct arena *a, const struct reportdoc_about *about);
/* The text must live as long as the report. */
void reportdoc_row(struct reportdoc *d, str row, uint64_t count);
bool reportdoc_end(struct reportdoc *d) must_use;

#endif

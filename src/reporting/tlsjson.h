/* reporting/tlsjson.h - a TLS report as JSON (RFC 8460 4.4).
 *
 * Input    rows quote strangers: everything is escaped.
 * Memory   rows must live as long as the report, which is in the caller's arena.
 * Limits   those of the rows; linear.
 * Threads  pure.
 * Errors   cannot fail but for the strbuf's maximum.
 */
#ifndef REPORTING_TLSJSON_H
#define REPORTING_TLSJSON_H

#include "base/map.h"
#include "reporting/tlsrow.h"

struct tlsjson_failure {
	const struct tlsrow *row;
	uint64_t count;
};

/* One policy and the sessions under it. */
struct tlsjson_policy {
	const struct tlsrow *row; /* any of its rows */
	uint64_t good, failed;
	ARENA_VEC(struct tlsjson_failure) failures;
};

struct tlsjson {
	str org_name, contact, report_id;
	int64_t begin, end; /* seconds since 1970 */
	str domain;	    /* of the recipients */
	/* By tlsjson_row. */
	struct map by_name; /* of struct tlsjson_policy */
	ARENA_VEC(struct tlsjson_policy *) policies;
};

void tlsjson_row(struct arena *a, struct tlsjson *r, const struct tlsrow *row, uint64_t count);
void tlsjson_put(struct strbuf *out, const struct tlsjson *r);

#endif

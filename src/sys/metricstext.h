/* sys/metricstext.h - what the blocks hold as numbers, and as the text that Prometheus reads
 * (exposition format 0.0.4).
 *
 * Input    blocks: any bits, and changing while they are read. metricstext_get: hostile text.
 * Memory   in the arena.
 * Limits   counts stop at INT64_MAX instead of going round; METRICSTEXT_MAX bytes of text.
 * Threads  pure.
 * Errors   metricstext_get passes over lines that are no numbers of ours; false when there
 *          was none.
 */
#ifndef SYS_METRICSTEXT_H
#define SYS_METRICSTEXT_H

#include "base/strbuf.h"
#include "sys/metrics.h"

enum { METRICSTEXT_MAX = 1 << 20 };

enum metricstext_kind {
	METRICSTEXT_COUNTER,
	METRICSTEXT_LEVEL,
	METRICSTEXT_READING,
	METRICSTEXT_HISTOGRAM,
};

/* A row of metrics.def. */
struct metricstext_row {
	const char *name; /* without "poterne_" and the unit */
	enum metricstext_kind kind;
	enum process process;
	const char *label; /* "" without */
	enum metrics_unit unit;
	unsigned first, n; /* slots */
	const char *help;
};
const struct metricstext_row *metricstext_rows(size_t *ret_n);
/* The label's value of a slot; "" without. */
const char *metricstext_label(unsigned slot);
/* "poterne_edge_reply_seconds", "poterne_dns_questions_total". */
str metricstext_name(struct arena *a, const struct metricstext_row *row);

/* One number for each slot. Buckets are not cumulative here. */
struct metricstext_values {
	int64_t v[METRIC_SLOTS];
};

struct metricstext_source {
	enum process process;
	const uint64_t *block;
};
/* Processes of one kind are added up, readings of several are the least of them. */
void metricstext_collect(const struct metricstext_source *sources, size_t n,
			 struct metricstext_values *ret);
void metricstext_put(struct strbuf *out, const struct metricstext_values *values);
bool metricstext_get(struct arena *a, str text, struct metricstext_values *ret) must_use;

/* How many values a histogram holds, and the value that a share of them (0 to 1) does not
 * exceed, in the unit of metrics_observe: by straight lines within a bucket, and the highest
 * bound for what lies above. 0 when it is empty. */
int64_t metricstext_count(const struct metricstext_row *row,
			  const struct metricstext_values *values);
double metricstext_quantile(const struct metricstext_row *row,
			    const struct metricstext_values *values, double share);

#endif

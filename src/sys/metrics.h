/* sys/metrics.h - what a process counts, in memory that outlives it.
 *
 * Each process has one block of shared memory, made by the supervisor and given again to its
 * next life, so counters never go back; poterne-web reads all of them. Without a block (unit
 * tests, poterne scan, the inspection workers) a process counts for itself and nobody reads.
 * Counting is a relaxed atomic addition: no lock, no system call, no order among metrics.
 *
 * Memory   a block is METRICS_BLOCK_BYTES of memfd whose size is sealed.
 * Limits   the rows of metrics.def; sums wrap at 64 bits.
 * Threads  any; metrics_attach before there are several.
 * Errors   counting cannot fail; making and mapping blocks: negative errno and why.
 */
#ifndef SYS_METRICS_H
#define SYS_METRICS_H

#include "base/why.h"
#include "sys/metrics.def"
#include "sys/msg.h"

/* Slots of a histogram: one for each bound, one for what is above them all, and the sum. */
enum { METRICS_BUCKETS = 20, METRICS_HISTOGRAM_SLOTS = METRICS_BUCKETS + 1 };

/* Each number of the table by its place in the block: METRIC_name, METRIC_name_value. */
#define METRICS_VALUE(token, text) METRIC_##token,
#define METRICS_ROW(name, process, label, values, help)                                            \
	METRIC_BEGIN_##name, METRIC_BEFORE_##name = METRIC_BEGIN_##name - 1,                       \
			     values(METRICS_VALUE, name) METRIC_END_##name,                        \
			     METRIC_LAST_##name = METRIC_END_##name - 1,
#define METRICS_HISTOGRAM(name, process, unit, help)                                               \
	METRIC_##name, METRIC_END_##name = METRIC_##name + METRICS_HISTOGRAM_SLOTS,                \
		       METRIC_LAST_##name = METRIC_END_##name - 1,
enum metric {
	METRIC_nothing, /* counts nothing */
	METRICS(METRICS_ROW, METRICS_ROW, METRICS_ROW, METRICS_HISTOGRAM) METRIC_SLOTS
};
#undef METRICS_VALUE
#undef METRICS_ROW
#undef METRICS_HISTOGRAM

enum { METRICS_BLOCK_BYTES = METRIC_SLOTS * sizeof(uint64_t) };
/* What a reading holds until it is set. */
#define METRICS_UNSET INT64_MIN

/* A counter (n above 0) or a level. */
void metrics_add(enum metric m, int64_t n);
/* A reading. */
void metrics_set(enum metric m, int64_t value);
/* A histogram, in microseconds, bytes or a count, as its row says. */
void metrics_observe(enum metric m, uint64_t value);

/* Upper bounds of the unit's buckets, METRICS_BUCKETS - 1 of them, each included. */
enum metrics_unit { METRICS_SECONDS, METRICS_BYTES, METRICS_COUNT, METRICS_UNITS };
const uint64_t *metrics_bounds(enum metrics_unit unit);

/* Both descriptors are the caller's; no mapping of *ret_read can ever be written. */
int metrics_make_block(int *ret_write, int *ret_read, struct why *why) must_use;
/* From now on this process counts there; its levels begin at 0, its readings unset. fd stays
 * the caller's; a block of another size (of another version of ours) is not used. */
void metrics_attach(int fd);
/* For the reader: NULL when it is no block. Values in it are not to be trusted. */
const uint64_t *metrics_map(int fd);

#endif

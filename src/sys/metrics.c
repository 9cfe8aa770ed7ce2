#include "sys/metrics.h"

#include "base/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static _Atomic uint64_t own[METRIC_SLOTS];
static _Atomic uint64_t *block = own;

/* The last bound is what comes before infinity; UINT64_MAX where fewer make sense. */
static const uint64_t bounds[METRICS_UNITS][METRICS_BUCKETS - 1] = {
	[METRICS_SECONDS] = { 50, 100, 250, 500, 1000, 2500, 5000, 10000, 25000, 50000, 100000,
			      250000, 500000, 1000000, 2500000, 5000000, 10000000, 30000000,
			      60000000 },
	[METRICS_BYTES] = { 512, 1024, 2048, 4096, 8192, 16384, 32768, 65536, 131072, 262144,
			    524288, 1 << 20, 2 << 20, 4 << 20, 8 << 20, 16 << 20, 32 << 20,
			    64 << 20, 128 << 20 },
	[METRICS_COUNT] = { 1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512,
			    1024 },
};

#define NO_ROW(name, process, label, values, help)
#define UNIT(name, process, unit, help) [METRIC_##name] = METRICS_##unit,
static const uint8_t unit_of[METRIC_SLOTS] = { METRICS(NO_ROW, NO_ROW, NO_ROW, UNIT) };

const uint64_t *metrics_bounds(enum metrics_unit unit)
{
	return bounds[unit];
}

void metrics_add(enum metric m, int64_t n)
{
	atomic_fetch_add_explicit(&block[m], (uint64_t)n, memory_order_relaxed);
}

void metrics_set(enum metric m, int64_t value)
{
	atomic_store_explicit(&block[m], (uint64_t)value, memory_order_relaxed);
}

void metrics_observe(enum metric m, uint64_t value)
{
	const uint64_t *b = bounds[unit_of[m]];
	unsigned i = 0;

	while (i < METRICS_BUCKETS - 1 && value > b[i])
		i++;
	metrics_add(m + i, 1);
	metrics_add(m + METRICS_BUCKETS, (int64_t)value);
}

/* A process that begins has no guests, and has read nothing yet. */
static void begin_gauges(_Atomic uint64_t *at)
{
#define NO_HISTOGRAM(name, process, unit, help)
#define LEVEL(name, process, label, values, help)                                                  \
	for (unsigned i = METRIC_BEGIN_##name; i < METRIC_END_##name; i++)                         \
		at[i] = 0;
#define READING(name, process, label, values, help)                                                \
	for (unsigned i = METRIC_BEGIN_##name; i < METRIC_END_##name; i++)                         \
		at[i] = (uint64_t)METRICS_UNSET;
	METRICS(NO_ROW, LEVEL, READING, NO_HISTOGRAM)
}

static void *map(int fd, int protection)
{
	struct stat st;
	void *p;

	if (fstat(fd, &st) < 0 || st.st_size != METRICS_BLOCK_BYTES)
		return NULL;
	p = mmap(NULL, METRICS_BLOCK_BYTES, protection, MAP_SHARED, fd, 0);
	return p == MAP_FAILED ? NULL : p;
}

int metrics_make_block(int *ret_write, int *ret_read, struct why *why)
{
	cleanup(fd_closep) int fd = fd_memfd("metrics", why);
	void *p;
	char path[32];

	if (fd < 0)
		return fd;
	/* Whoever writes could shrink the file under its reader: its size is sealed. */
	if (ftruncate(fd, METRICS_BLOCK_BYTES) < 0 || fd_seal_size(fd) < 0)
		return why_set(why, -errno, "metrics: %m");
	p = map(fd, PROT_READ | PROT_WRITE);
	if (!p)
		return why_set(why, -errno, "metrics: %m");
	begin_gauges(p);
	munmap(p, METRICS_BLOCK_BYTES);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	*ret_read = open(path, O_RDONLY | O_CLOEXEC);
	if (*ret_read < 0)
		return why_set(why, -errno, "metrics: %s: %m", path);
	*ret_write = take_fd(fd);
	return 0;
}

void metrics_attach(int fd)
{
	_Atomic uint64_t *p = map(fd, PROT_READ | PROT_WRITE);

	if (!p)
		return;
	begin_gauges(p);
	block = p;
}

const uint64_t *metrics_map(int fd)
{
	return map(fd, PROT_READ);
}

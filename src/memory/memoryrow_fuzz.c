/* Bytes of a shared store: what is taken for a row is one, and is written as it was read. */
#include "memory/memoryrow.h"

#include <math.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct memory_limits l = { .keep_s[MEMORY_FUZZY] = 1000 };
	uint8_t again[MEMORYROW_BYTES];
	struct memoryrow row;
	struct memory_fact f;

	if (!memoryrow_unpack(str_of(data, size), &row))
		return 0;
	memoryrow_pack(&row, again);
	bug_if(size != sizeof(again));
	bug_if(memcmp(again, data, size) != 0);
	f = memory_read(&l, MEMORY_FUZZY, &row.row, (int64_t)row.row.last_seen + 500);
	bug_if(f.good < 0 || !isfinite(f.good) || f.good > (double)row.row.good);
	bug_if(f.bad < 0 || !isfinite(f.bad) || f.bad > (double)row.row.bad);
	return 0;
}

/* What is read as a report is a report behind its encoding, too, and the same one. */
#include "report/reportset.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cleanup(arena_freep) struct arena *a = arena_new("fuzz", 256 << 20);
	struct reportset set = { 0 }, other;
	struct aggregate g;
	struct why why;
	str bytes;

	if (aggregate_read(a, str_of(data, size), &g, &why) != AGGREGATE_OK)
		return 0;
	arena_push(a, &set.reports)->aggregate = &g;
	bytes = reportset_encode(a, &set);
	bug_if(!reportset_decode(a, bytes, &other));
	bug_if(other.reports.n != 1 || !str_eq(bytes, reportset_encode(a, &other)));
	return 0;
}

/* Hostile bytes are refused or are reports that encode to the same bytes. */
#include "report/reportset.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cleanup(arena_freep) struct arena *a = arena_new("fuzz", 256 << 20);
	struct reportset set;

	if (reportset_decode(a, str_of(data, size), &set))
		bug_if(!str_eq(reportset_encode(a, &set), str_of(data, size)));
	return 0;
}

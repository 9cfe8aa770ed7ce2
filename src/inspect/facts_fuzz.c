/* Hostile bytes are refused or give facts that encode to the same bytes. */
#include "inspect/facts.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cleanup(arena_freep) struct arena *a = arena_new("fuzz", 64 << 20);
	struct facts f;

	if (facts_decode(a, str_of(data, size), &f))
		bug_if(!str_eq(facts_encode(a, &f), str_of(data, size)));
	return 0;
}

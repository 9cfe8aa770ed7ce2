/* Hostile bytes are refused or give what encodes to the same bytes. */
#include "replay/kept.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cleanup(arena_freep) struct arena *a = arena_new("fuzz", 64 << 20);
	struct kept k;
	str again;

	if (kept_decode(a, str_of(data, size), &k))
		bug_if(!kept_encode(a, &k, &again) || !str_eq(again, str_of(data, size)));
	return 0;
}

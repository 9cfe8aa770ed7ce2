/* No header makes it read behind its end, or work longer than it may. */
#include "archive/officecrypt.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cleanup(arena_freep) struct arena *a = arena_new("fuzz", 256 << 20);
	str bytes = str_of(data, size), plain;
	uint64_t effort = 60000;

	if (officecrypt_open(a, bytes, bytes, STR("x"), &effort, &plain))
		bug_if(plain.n > size);
	bug_if(effort > 60000);
	return 0;
}

/* An archive without encryption is written such that it would be written again the same. */
#include "archive/sevenzip.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cleanup(arena_freep) struct arena *a = arena_new("fuzz", 1 << 30);
	str once, twice;
	uint64_t effort = 1000;

	(void)!sevenzip_is_encrypted(a, str_of(data, size));
	if (!sevenzip_decrypt(a, str_of(data, size), STR("x"), &effort, &once))
		return 0;
	bug_if(sevenzip_is_encrypted(a, once));
	bug_if(!sevenzip_decrypt(a, once, STR("y"), &effort, &twice) || !str_eq(once, twice));
	return 0;
}

/* What comes out is within the maximum, what was used within the input. */
#include "mime/binhex.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	enum { MAX = 100000 };
	cleanup(arena_freep) struct arena *a = arena_new("fuzz", 64 << 20);
	struct binhex h;

	if (!binhex_decode(a, str_of(data, size), MAX, &h))
		return 0;
	bug_if(h.used > size || h.data.n > MAX || h.name.n > UINT8_MAX);
	return 0;
}

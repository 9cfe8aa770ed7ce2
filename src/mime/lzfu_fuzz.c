/* What comes out is bounded by what came in. */
#include "mime/lzfu.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cleanup(arena_freep) struct arena *a = arena_new("fuzz", 64 << 20);
	struct strbuf b = strbuf_make(a, size * 9);

	(void)lzfu_decode(&b, str_of(data, size));
	bug_if(b.overflow);
	return 0;
}

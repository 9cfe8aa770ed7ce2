/* Each byte gives at most one, and the end is inside. */
#include "mime/yenc.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cleanup(arena_freep) struct arena *a = arena_new("fuzz", 64 << 20);
	struct strbuf b = strbuf_make(a, size);
	str text = str_of(data, size), name;
	size_t used = yenc_decode(&b, text);

	bug_if(used > size || b.n > used || b.overflow);
	if (yenc_begins(text, &name))
		bug_if(name.n > size);
	return 0;
}

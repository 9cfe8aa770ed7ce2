/* Nothing is read outside; what is used is inside, what comes out is no longer than it. */
#include "mime/uucode.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cleanup(arena_freep) struct arena *a = arena_new("fuzz", 64 << 20);
	struct strbuf b = strbuf_make(a, size * 64 + 64);
	str text = str_of(data, size), name;
	size_t used = uucode_decode(&b, text);

	bug_if(used > size || b.overflow || b.n > used * 32);
	if (uucode_begins(text, &name))
		bug_if(name.n > size || used == 0);
	return 0;
}

/* A shortcut ends within its file, and its texts are UTF-8. */
#include "base/utf8.h"
#include "document/lnk.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cleanup(arena_freep) struct arena *a = arena_new("fuzz", 64 << 20);
	struct lnk l;

	if (!lnk_read(a, str_of(data, size), &l))
		return 0;
	bug_if(l.end > size);
	bug_if(!utf8_valid(l.target) || !utf8_valid(l.arguments) || !utf8_valid(l.icon));
	return 0;
}

/* Content is never longer than the wrapper; each byte may go bad. */
#include "mime/cms.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cleanup(arena_freep) struct arena *a = arena_new("fuzz", 64 << 20);
	str bytes = str_of(data, size);
	struct cms cms;

	cms_open(a, bytes, &cms);
	bug_if(cms.content.n > size);
	bug_if((cms.kind != CMS_NONE) != cms_begins(bytes));
	return 0;
}

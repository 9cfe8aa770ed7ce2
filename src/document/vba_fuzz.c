/* What is packed as plain letters unpacks to itself; hostile containers stay in bounds. */
#include "document/vba.h"
#include "document/vba_make.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cleanup(arena_freep) struct arena *a = arena_new("fuzz", 512 << 20);
	str in = str_of(data, size);
	struct vba_project p;
	size_t at = vba_source_find(in);
	str out = vba_decompress(a, in, 1000);

	bug_if(out.n > 1000 || (at != STR_NONE && at >= in.n));
	if (vba_project_read(a, vba_decompress(a, in, 1 << 20), &p))
		bug_if(p.modules.n > VBA_MODULES_MAX);
	bug_if(!str_eq(vba_decompress(a, vba_make_container(a, in), size), in));
	bug_if(vba_stomped(in, STR("")).n > size);
	return 0;
}

/* Text of old documents is valid UTF-8 or raw, below its limit; storages too. */
#include "document/powerpoint.h"
#include "document/worddoc.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cleanup(arena_freep) struct arena *a = arena_new("fuzz", 512 << 20);
	str in = str_of(data, size);
	struct worddoc d;
	struct powerpoint p;
	uint64_t sum = 0;

	worddoc_read(a, in, str_skip(in, size / 2), &d);
	bug_if(d.text.n > WORDDOC_TEXT_MAX || worddoc_table_name(in).n != 6);
	powerpoint_read(a, in, 10000, &p);
	for (size_t i = 0; i < p.storages.n; i++)
		sum += p.storages.v[i].n;
	bug_if(sum > size + 10000 || p.text.n > POWERPOINT_TEXT_MAX);
	return 0;
}

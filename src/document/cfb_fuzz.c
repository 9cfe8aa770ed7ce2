/* Every entry has a name in UTF-8 and a parent before or after it that is no circle; all
 * reads together give no more than is promised. */
#include "base/utf8.h"
#include "document/cfb.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cleanup(arena_freep) struct arena *a = arena_new("fuzz", 512 << 20);
	str in = str_of(data, size);
	struct cfb c;
	uint64_t sum = 0;

	if (!cfb_open(a, in, &c))
		return 0;
	for (size_t i = 0; i < c.entries.n; i++) {
		size_t steps = 0;

		bug_if(!utf8_valid(c.entries.v[i].name));
		for (int32_t at = c.entries.v[i].parent; at != CFB_NO_PARENT && steps < 100;
		     at = c.entries.v[at].parent, steps++)
			bug_if((size_t)at >= c.entries.n || at == (int32_t)i);
		sum += cfb_read(&c, &c.entries.v[i]).n;
	}
	bug_if(sum > (uint64_t)size * CFB_READ_FACTOR);
	return 0;
}

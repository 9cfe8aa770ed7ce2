/* Each step goes forward and stays inside; a wrapped member is as long as it must be. */
#include "archive/arj.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cleanup(arena_freep) struct arena *a = arena_new("fuzz", 256 << 20);
	str bytes = str_of(data, size);
	struct arj_member m;
	size_t at = 0, before = 0;
	bool broken;

	while (arj_next(bytes, &at, &m, &broken)) {
		bug_if(at <= before || at > size || m.data.n > size || m.name.n > size);
		before = at;
		if (before < 4096)
			bug_if(arj_as_lha(a, &m).n != m.data.n + 26);
	}
	return 0;
}

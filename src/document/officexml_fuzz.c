/* Items are never empty and stay below their number; text stays below its limit. */
#include "document/officexml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cleanup(arena_freep) struct arena *a = arena_new("fuzz", 512 << 20);
	str in = str_of(data, size);
	struct officexml x;

	officexml_read(a, in, &x);
	bug_if(x.items.n > OFFICEXML_ITEMS_MAX || x.text.n > OFFICEXML_TEXT_MAX);
	bug_if(x.code.n > OFFICEXML_TEXT_MAX || x.formulas.n > OFFICEXML_TEXT_MAX);
	for (size_t i = 0; i < x.items.n; i++)
		bug_if(x.items.v[i].value.n == 0);
	return 0;
}

/* Both forms of workbooks, and the text of their formulas, stay in bounds. */
#include "document/biff.h"
#include "document/xlsb.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cleanup(arena_freep) struct arena *a = arena_new("fuzz", 512 << 20);
	str in = str_of(data, size);
	struct biff b;
	struct xlsb x;

	biff_read(a, in, &b);
	bug_if(b.dde.n > BIFF_ITEMS_MAX || b.links.n > BIFF_ITEMS_MAX);
	bug_if(b.formulas.n > BIFF_TEXT_MAX || b.text.n > BIFF_TEXT_MAX);
	xlsb_read(a, in, &x);
	bug_if(x.dde.n > XLSB_ITEMS_MAX || x.formulas.n > XLSB_TEXT_MAX);
	return 0;
}

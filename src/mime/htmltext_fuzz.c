/* UTF-8 stays UTF-8, and the text is never longer than the page. */
#include "base/utf8.h"
#include "mime/htmltext.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cleanup(arena_freep) struct arena *a = arena_new("fuzz", 64 << 20);
	str html = str_of(data, size);
	str text = htmltext_extract(a, html);

	bug_if(text.n > size);
	bug_if(utf8_valid(html) && !utf8_valid(text));
	return 0;
}

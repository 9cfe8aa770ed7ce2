/* Texts stay UTF-8 and within twice the page, links have an address, and reading twice sees the
 * same. */
#include "base/utf8.h"
#include "html/htmlview.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cleanup(arena_freep) struct arena *a = arena_new("fuzz", 256 << 20);
	str page = str_of(data, size);
	struct htmlview v, again;

	if (!utf8_valid(page))
		return 0;
	htmlview_read(a, page, &v);
	bug_if(!utf8_valid(v.text) || !utf8_valid(v.hidden) || !utf8_valid(v.aside));
	bug_if(v.text.n > 2 * size || v.hidden.n > 2 * size || v.letters > v.text.n);
	for (size_t i = 0; i < v.links.n; i++)
		bug_if(!v.links.v[i].url.n || !utf8_valid(v.links.v[i].shown));
	htmlview_read(a, page, &again);
	bug_if(again.seen != v.seen || !str_eq(again.text, v.text));
	return 0;
}

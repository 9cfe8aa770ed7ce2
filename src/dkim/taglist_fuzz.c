/* A list that was taken can be written from its tags and is taken again as the same tags. */
#include "base/strbuf.h"
#include "dkim/taglist.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cleanup(arena_freep) struct arena *a = arena_new("fuzz", 1 << 26);
	struct strbuf b = strbuf_make(a, 4 * size + 8);
	struct taglist list, again;
	str out;

	bug_if(taglist_unquote(a, str_of(data, size), &out) && out.n > size);
	if (taglist_parse(a, str_of(data, size), &list))
		return 0;
	bug_if(list.n == 0 || list.n > TAGLIST_MAX);
	for (size_t i = 0; i < list.n; i++) {
		strbuf_put(&b, list.v[i].name);
		strbuf_put(&b, STR(" = "));
		strbuf_put(&b, list.v[i].value);
		strbuf_char(&b, ';');
	}
	bug_if(b.overflow);
	bug_if(taglist_parse(a, strbuf_str(&b), &again) || again.n != list.n);
	for (size_t i = 0; i < list.n; i++) {
		bug_if(!str_eq(again.v[i].name, list.v[i].name));
		bug_if(!str_eq(taglist_get(&list, list.v[i].name), again.v[i].value));
	}
	return 0;
}

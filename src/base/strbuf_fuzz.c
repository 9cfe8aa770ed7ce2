/* JSON and printable text are UTF-8 without control bytes; the overflow is sticky. */
#include "base/strbuf.h"
#include "base/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_clean(str s)
{
	bug_if(!utf8_valid(s));
	for (size_t i = 0; i < s.n; i++)
		bug_if((unsigned char)s.p[i] < 0x20 || s.p[i] == 0x7f);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cleanup(arena_freep) struct arena *a = arena_new("fuzz", 64 << 20);
	struct strbuf json = strbuf_make(a, size * 6 + 2), text = strbuf_make(a, size * 4);
	struct strbuf small = strbuf_make(a, size / 2);
	str in = str_of(data, size);

	strbuf_json(&json, in);
	strbuf_printable(&text, in);
	bug_if(json.overflow || text.overflow);
	check_clean(strbuf_str(&json));
	check_clean(strbuf_str(&text));
	strbuf_json(&small, in);
	bug_if(small.n > small.max || !small.overflow);
	return 0;
}
